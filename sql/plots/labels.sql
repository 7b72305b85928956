-- What share of a source's items has each answer, by language? Every item counts once a language.
--
-- facts  every row
WITH item AS (
    SELECT DISTINCT ON (config, id) config, source, task, answer
    FROM facts
    WHERE answer IS NOT NULL
    ORDER BY config, id
)
SELECT
    source, task, config, answer,
    count(*) / sum(count(*)) OVER (PARTITION BY source, task, config) AS share
FROM item
GROUP BY source, task, config, answer
ORDER BY ALL

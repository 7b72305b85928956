-- What share of a source's items has each answer, by language? Every item counts once per language.
--
-- answers  items by config, split, source, task and answer
WITH named AS (
    SELECT coalesce(source, 'none') AS source, coalesce(task, 'none') AS task, config, answer, items FROM answers
)
SELECT
    source, task, config, answer,
    sum(items) / sum(sum(items)) OVER (PARTITION BY source, task, config) AS share
FROM named
GROUP BY source, task, config, answer
ORDER BY ALL

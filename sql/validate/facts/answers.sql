-- How many items of a config have each answer, by split, source and task? Every item counts once.
--
-- facts  every row of the config
WITH item AS (
    SELECT DISTINCT ON (config, id) config, split, source, task, answer
    FROM facts
    WHERE answer IS NOT NULL
    ORDER BY config, id, split, source, task, answer
)
SELECT config, split, source, task, answer, count(*)::BIGINT AS items
FROM item
GROUP BY ALL
ORDER BY ALL

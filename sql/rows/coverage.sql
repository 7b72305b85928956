-- How many rows does every language have, by source, split and task, and how many English items are absent?
--
-- items  the items stage    rows  every language's rows (id, config, source, split, task)    configs  config
WITH english AS (
    SELECT source, split, task, count(*) AS items FROM items WHERE language = 'en' GROUP BY ALL
),
made AS (
    SELECT config, source, split, task, count(*) AS rows FROM rows GROUP BY ALL
),
groups AS (
    SELECT configs.config, source, split, task
    FROM configs, (SELECT source, split, task FROM english UNION SELECT source, split, task FROM made)
)
SELECT
    groups.config, groups.source, groups.split, groups.task,
    coalesce(made.rows, 0) AS rows,
    greatest(coalesce(english.items, 0) - coalesce(made.rows, 0), 0) AS absent
FROM groups
LEFT JOIN english USING (source, split, task)
LEFT JOIN made USING (config, source, split, task)
ORDER BY ALL

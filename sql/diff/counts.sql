-- How many rows of each source differ, in what way and in which columns?
--
-- differences  config, id, source, kind, cells (name, old, new)    Column: null for the rows themselves
SELECT config, source, kind, NULL AS "column", count(*) AS rows
FROM differences
GROUP BY ALL
UNION ALL
SELECT config, source, kind, cell.name, count(*)
FROM (SELECT config, source, kind, unnest(cells) AS cell FROM differences)
GROUP BY ALL
ORDER BY config, source, kind, "column" NULLS FIRST

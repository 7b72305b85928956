-- How many rows and items are in each source and split of a config?
--
-- facts  every row of the config
SELECT config, source, split, count(*)::BIGINT AS rows, count(DISTINCT id)::BIGINT AS items
FROM facts
GROUP BY ALL
ORDER BY ALL

-- How many items of each source and split does any config have?
--
-- claims  every row of every config
SELECT source, split, count(DISTINCT id)::BIGINT AS items
FROM claims
GROUP BY ALL
ORDER BY ALL

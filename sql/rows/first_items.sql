-- Which items are the first $limit? Sources and their splits take turns, each in the order of its ids.
--
-- items  id, source, split, of every language that an upstream is in
SELECT id
FROM (
    SELECT id, source, split, row_number() OVER (PARTITION BY source, split ORDER BY id) AS turn
    FROM (SELECT DISTINCT id, source, split FROM items)
)
ORDER BY turn, source, split
LIMIT $limit

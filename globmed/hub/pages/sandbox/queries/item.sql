-- What are the rows of an item, in all languages?
--
-- everything  the rows as the files have them
SELECT * FROM everything WHERE id = $id LIMIT $limit

-- What does a check find in a table?
--
-- In braces: the table, and the check's query of config, split, id, detail.
WITH batch AS (SELECT * FROM {batch}),
finding AS (
{check}
)
SELECT $suite AS suite, $check AS "check", config, split, id, detail
FROM finding
ORDER BY ALL

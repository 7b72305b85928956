-- Which rows of the previous version are not here?
--
-- previous  config, split, id    claims  every row
SELECT
    'previous' AS suite, 'lost' AS "check", previous.config, previous.split, previous.id,
    'in the previous version, not in this one' AS detail
FROM previous
ANTI JOIN claims USING (config, id)
ORDER BY ALL

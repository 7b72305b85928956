-- Which rows of the previous version are not here?
--
-- previous  config, split, id
SELECT previous.config, previous.split, previous.id, 'in the previous version, not in this one' AS detail
FROM previous
ANTI JOIN batch USING (config, id)

-- Which ids are in more than one split of a config?
SELECT config, NULL::VARCHAR AS split, id, concat('in ', string_agg(DISTINCT split, ', ' ORDER BY split)) AS detail
FROM batch
GROUP BY config, id
HAVING count(DISTINCT split) > 1

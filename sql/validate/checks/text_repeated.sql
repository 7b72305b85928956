-- Which rows have the text of an earlier row of the same config and split?
SELECT config, split, id, concat('same text as ', first_id) AS detail
FROM (
    SELECT config, split, id, min(id) OVER (PARTITION BY config, split, text_key) AS first_id FROM batch
) AS placed
WHERE id != first_id

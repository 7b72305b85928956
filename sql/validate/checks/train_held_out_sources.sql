-- Which held-out rows have the text of a training row of the same config and another source?
SELECT held.config, held.split, held.id, concat('same text as ', min(train.id), ' in train') AS detail
FROM batch AS held
JOIN batch AS train USING (config, text_key)
WHERE held.split != 'train' AND train.split = 'train' AND held.source != train.source
GROUP BY held.config, held.split, held.id

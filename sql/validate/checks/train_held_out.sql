-- Which held-out rows have the text of a training row of the same config and source?
SELECT held.config, held.split, held.id, concat('same text as ', min(train.id), ' in train') AS detail
FROM batch AS held
JOIN batch AS train USING (config, text_key, source)
WHERE held.split != 'train' AND train.split = 'train'
GROUP BY held.config, held.split, held.id

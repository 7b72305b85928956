-- Which groups are above the threshold of a measure?
SELECT config, split, id, detail
FROM batch
WHERE measure = $measure AND observed > $threshold

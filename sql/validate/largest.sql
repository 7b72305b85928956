-- What is the largest value of a measure?
SELECT max(observed) AS observed
FROM {batch}
WHERE measure = $measure

-- Which held-out rows ask nearly what a training row asks, by whether a machine translated one of them?
SELECT
    config, split, id,
    concat('like ', trained, ' in train (', round(similarity, 2), '): mend one, or leave the one in train out') AS detail
FROM batch
WHERE machine = $machine

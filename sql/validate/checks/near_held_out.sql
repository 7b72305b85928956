-- Which held-out rows have nearly the question of a training row, by whether one of them was machine-translated?
SELECT
    config, split, id,
    concat('like ', trained, ' in train (', round(similarity, 2), '): correct one, or leave the one in train out') AS detail
FROM batch
WHERE machine = $machine

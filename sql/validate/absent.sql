-- How many of the items that some config has are absent in a config, by source and split? `id` is the source.
WITH known AS (
    SELECT source, split, count(DISTINCT id) AS ids FROM batch GROUP BY ALL
),
there AS (
    SELECT config, source, split, count(DISTINCT id) AS ids FROM batch GROUP BY ALL
)
SELECT
    configs.config, known.split, known.source AS id,
    concat(known.ids - coalesce(there.ids, 0), ' of ', known.ids, ' items are absent') AS detail
FROM (SELECT DISTINCT config FROM batch) AS configs
CROSS JOIN known
LEFT JOIN there
    ON there.config = configs.config AND there.source = known.source AND there.split = known.split
WHERE known.ids > coalesce(there.ids, 0)

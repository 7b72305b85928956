-- How many of all configs' items are absent in a config, by source and split? `id` is the source.
--
-- known  source, split, items that any config has    places  the same by config
SELECT
    'parity' AS suite, 'absent' AS "check", configs.config, known.split, known.source AS id,
    concat(known.items - coalesce(places.items, 0), ' of ', known.items, ' items are absent') AS detail
FROM (SELECT DISTINCT config FROM places) AS configs
CROSS JOIN known
LEFT JOIN places
    ON places.config = configs.config AND places.source = known.source AND places.split = known.split
WHERE known.items > coalesce(places.items, 0)
ORDER BY ALL

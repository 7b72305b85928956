-- What share of the items of a source that some language has is in each language?
--
-- known  source, split, items that any config has    places  the same by config
WITH every AS (
    SELECT coalesce(source, 'none') AS source, sum(items)::BIGINT AS items FROM known GROUP BY ALL
),
there AS (
    SELECT config, coalesce(source, 'none') AS source, sum(items)::BIGINT AS items FROM places GROUP BY ALL
)
SELECT configs.config, every.source, every.items, coalesce(there.items, 0) / every.items AS share
FROM (SELECT DISTINCT config FROM places) AS configs
CROSS JOIN every
LEFT JOIN there ON there.config = configs.config AND there.source = every.source
ORDER BY ALL

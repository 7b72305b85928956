-- What share of the items of a source that some language has is in each language?
--
-- known  source, split, items that any config has    places  the same by config
WITH every AS (
    SELECT source, sum(items)::BIGINT AS items FROM known GROUP BY source
),
there AS (
    SELECT config, source, sum(items)::BIGINT AS items FROM places GROUP BY config, source
)
SELECT configs.config, every.source, every.items, coalesce(there.items, 0) / every.items AS share
FROM (SELECT DISTINCT config FROM places) AS configs
CROSS JOIN every
LEFT JOIN there ON there.config = configs.config AND there.source = every.source
ORDER BY ALL

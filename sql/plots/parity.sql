-- What share of the items of a source that some language has is in each language?
--
-- facts  every row
WITH known AS (
    SELECT source, count(DISTINCT id) AS items FROM facts GROUP BY source
),
there AS (
    SELECT config, source, count(DISTINCT id) AS items FROM facts GROUP BY config, source
)
SELECT configs.config, known.source, known.items, coalesce(there.items, 0) / known.items AS share
FROM (SELECT DISTINCT config FROM facts) AS configs
CROSS JOIN known
LEFT JOIN there ON there.config = configs.config AND there.source = known.source
ORDER BY ALL

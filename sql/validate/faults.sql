-- All faults of a config's rows with the split of their row.
--
-- broken  check, config, id, detail    facts  every row of the config
WITH place AS (SELECT config, id, any_value(split) AS split FROM facts GROUP BY ALL)
SELECT broken."check", broken.config, place.split, broken.id, broken.detail
FROM broken
LEFT JOIN place USING (config, id)
ORDER BY ALL

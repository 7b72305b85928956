-- All faults with the split of their row.
--
-- found  check, config, id, detail    files  check, config, split, detail: those of whole files    facts  every row
WITH place AS (SELECT config, id, any_value(split) AS split FROM facts GROUP BY ALL)
SELECT "check", config, split, NULL::VARCHAR AS id, detail FROM file_faults
UNION ALL
SELECT found."check", found.config, place.split, found.id, found.detail
FROM found
LEFT JOIN place USING (config, id)
ORDER BY ALL

-- How many rows of a language are about each field of medicine? Rows without one are not counted.
--
-- facts  every row of one config
SELECT config, specialty, count(*)::BIGINT AS rows
FROM facts
WHERE specialty IS NOT NULL
GROUP BY config, specialty
ORDER BY ALL

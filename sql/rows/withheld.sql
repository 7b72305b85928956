-- How many rows are withheld in every language, by source and reason? A row may have several reasons.
--
-- rows  config, source, reasons of the rows that are withheld
SELECT config, source, reason, count(*) AS rows
FROM (SELECT config, source, unnest(reasons) AS reason FROM rows)
GROUP BY config, source, reason
ORDER BY ALL

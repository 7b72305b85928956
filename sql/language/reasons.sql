-- How many of the measured rows of every language have each reason? A row may have several.
--
-- rows  config, measured, reasons, of every assembled row
SELECT config, reason, count(*) AS rows
FROM (SELECT config, unnest(reasons) AS reason FROM rows WHERE measured)
GROUP BY config, reason
ORDER BY config, rows DESC, reason

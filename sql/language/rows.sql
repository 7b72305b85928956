-- What has every language of a build: rows, where they come from, what the signals say, what reviewers said?
--
-- rows     config, source, origin, measured, critical, withheld, reasons, status (of the review) of every assembled row
-- allowed  config, source: what the licence gate lets into a public repository
--
-- Withheld rows are in no split. What was measured, flagged and critical is of all rows; everything else of those that
-- are in a split.
SELECT
    config,
    count(*) FILTER (NOT withheld) AS rows,
    count(*) FILTER (withheld) AS withheld,
    count(*) FILTER (NOT withheld AND allowed.source IS NOT NULL) AS public,
    count(*) FILTER (NOT withheld AND origin = 'original') AS original,
    count(*) FILTER (NOT withheld AND origin = 'human') AS human,
    count(*) FILTER (NOT withheld AND origin = 'postedited') AS postedited,
    count(*) FILTER (NOT withheld AND origin = 'machine') AS machine,
    count(*) FILTER (measured) AS measured,
    count(*) FILTER (measured AND len(reasons) > 0) AS flagged,
    count(*) FILTER (measured AND critical) AS critical,
    count(*) FILTER (NOT withheld AND status <> 'unreviewed') AS reviewed
FROM rows
LEFT JOIN allowed USING (config, source)
GROUP BY config
ORDER BY config

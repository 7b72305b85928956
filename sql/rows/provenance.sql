-- Where do the rows of every language come from?
--
-- rows  config, origin and the fields of provenance, of every row
--
-- memory is the mean share of a row's text that a translation memory gave; alternatives are rows in which another than
-- the best hypothesis was taken; unresolved are rows with a sentence of which no hypothesis kept the numbers.
SELECT
    config, origin, engine, package, version, sha256,
    count(*) AS rows,
    round(avg(memory), 4) AS memory,
    count(*) FILTER (rank > 0) AS alternatives,
    count(*) FILTER (unresolved > 0) AS unresolved
FROM rows
GROUP BY config, origin, engine, package, version, sha256
ORDER BY ALL

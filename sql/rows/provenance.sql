-- Where do the rows of every language come from?
--
-- rows  config, origin and the fields of provenance, of every row
--
-- memory is the mean share of a row's text that came from a translation memory; alternatives are rows in which a
-- hypothesis other than the best was used; unresolved are rows with a sentence for which no hypothesis kept the numbers.
SELECT
    config, origin, engine, package, version, sha256,
    count(*) AS rows,
    round(avg(memory), 4) AS memory,
    count(*) FILTER (rank > 0) AS alternatives,
    count(*) FILTER (unresolved > 0) AS unresolved
FROM rows
GROUP BY config, origin, engine, package, version, sha256
ORDER BY ALL

-- Which values can the rows be filtered by, and how many rows have each?
--
-- rows  see `globmed.hub.pages.sandbox.rows`
SELECT
    CASE grouping_id(language, task, source, status)
        WHEN 7 THEN 'language' WHEN 11 THEN 'task' WHEN 13 THEN 'source' ELSE 'status'
    END AS facet,
    coalesce(language, task, source, status) AS value,
    count(*) AS count
FROM (SELECT left(language, 100) AS language, left(task, 100) AS task, left(source, 100) AS source,
             left(status, 100) AS status FROM rows)
GROUP BY GROUPING SETS ((language), (task), (source), (status))
HAVING value IS NOT NULL
ORDER BY facet, count DESC, value
LIMIT 1000

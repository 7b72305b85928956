-- Which items were asked, of which specialty, with how many options, and do all runs and languages agree on their key?
--
-- Results from before there were specialties have no such column.
--
-- $files  results.parquet of every run    $tasks  the tasks that are compared
WITH results AS (
    SELECT * FROM read_parquet($files, union_by_name = true)
    UNION ALL BY NAME
    SELECT NULL::VARCHAR AS specialty WHERE false
)
SELECT
    id, min(task) AS task, max(specialty) AS specialty, min(answer) AS answer, coalesce(max(len(choices)), 0)::INTEGER AS options,
    min(task) IS DISTINCT FROM max(task) OR min(answer) IS DISTINCT FROM max(answer) AS disagree
FROM results
WHERE list_contains($tasks, task)
GROUP BY id
ORDER BY task, id

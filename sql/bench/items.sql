-- Which items were asked, with how many options, and do all runs and languages agree on their key?
--
-- $files  results.parquet of every run    $tasks  the tasks that are compared
SELECT
    id, min(task) AS task, min(answer) AS answer, coalesce(max(len(choices)), 0)::INTEGER AS options,
    min(task) IS DISTINCT FROM max(task) OR min(answer) IS DISTINCT FROM max(answer) AS disagree
FROM read_parquet($files)
WHERE list_contains($tasks, task)
GROUP BY id
ORDER BY task, id

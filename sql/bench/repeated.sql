-- Which item was asked of a model more than once in a language, and how often? The first by name.
--
-- $files  results.parquet of every run    $tasks  the tasks that are compared
SELECT model, language, id, count(*) AS times, min(filename) AS file, max(filename) AS other
FROM read_parquet($files, filename = true)
WHERE list_contains($tasks, task)
GROUP BY model, revision, method, style, shots, language, id
HAVING times > 1
ORDER BY ALL
LIMIT 1

-- Which runs are in the files: one row for each model, as it was asked, and version of the dataset?
--
-- $files  results.parquet of every run    $tasks  the tasks that are compared
SELECT
    model, revision, method, style, shots, repository, version, "commit",
    count(*) AS rows, min(served) AS served, min(filename) AS file
FROM read_parquet($files, filename = true)
WHERE list_contains($tasks, task)
GROUP BY ALL
ORDER BY ALL

-- How many items of each language and task were asked, answered correctly, and not answered; what would guessing score?
--
-- $files  results.parquet of one run
SELECT
    language, task, count(*) AS items,
    count(*) FILTER (outcome = 'correct') AS correct,
    count(*) FILTER (outcome NOT IN ('correct', 'wrong', 'scored')) AS unanswered,
    avg(1 / len(choices)) FILTER (len(choices) > 0) AS chance
FROM read_parquet($files)
GROUP BY language, task
ORDER BY task, language

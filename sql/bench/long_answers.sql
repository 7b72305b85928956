-- What are the mean scores of long answers, by run and language? Only scored answers count.
--
-- $files  results.parquet of every run    $metrics  the scores that have a mean
WITH score AS (
    UNPIVOT (
        SELECT model, revision, method, style, shots, language AS place, judge AS judged_by, unnest(scores)
        FROM read_parquet($files)
        WHERE task = 'lfqa' AND outcome = 'scored'
    )
    ON COLUMNS(* EXCLUDE (model, revision, method, style, shots, place, judged_by))
    INTO NAME score VALUE value
)
SELECT
    model, revision, method, style, shots, place AS language, score,
    count(*) AS items, avg(value) AS mean, stddev_samp(value) AS deviation,
    CASE WHEN score = 'judge' THEN string_agg(DISTINCT judged_by, ', ') END AS judge
FROM score
WHERE list_contains($metrics, score)
GROUP BY model, revision, method, style, shots, place, score
ORDER BY ALL

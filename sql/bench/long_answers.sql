-- What are the mean scores of long answers, by run and language? Answers that were scored alone.
--
-- $files  results.parquet of every run
WITH score AS (
    UNPIVOT (
        SELECT model, revision, method, style, shots, language, judge AS judged_by, unnest(scores)
        FROM read_parquet($files)
        WHERE task = 'lfqa' AND outcome = 'scored'
    )
    ON rouge_l, bleu, chrf, judge
    INTO NAME score VALUE value
)
SELECT
    model, revision, method, style, shots, language, score,
    count(*) AS items, avg(value) AS mean, stddev_samp(value) AS deviation,
    CASE WHEN score = 'judge' THEN string_agg(DISTINCT judged_by, ', ') END AS judge
FROM score
GROUP BY model, revision, method, style, shots, language, score
ORDER BY ALL

-- Which records of others are which of our rows: those that have every text that the row asks?
--
-- theirs  record, text                   each text of a record once
-- ours    id, text, is_first             the texts that a row asks; the first one is its question, premise or the like
WITH candidates AS (
    SELECT DISTINCT ours.id, theirs.record
    FROM ours
    JOIN theirs ON theirs.text = ours.text AND ours.is_first
),
texts AS (SELECT DISTINCT id, text FROM ours)
SELECT candidates.id, candidates.record
FROM candidates
JOIN texts ON texts.id = candidates.id
LEFT JOIN theirs ON theirs.record = candidates.record AND theirs.text = texts.text
GROUP BY ALL
HAVING count(theirs.text) = count(*)
ORDER BY candidates.id, candidates.record

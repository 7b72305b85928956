-- Which rows of one language differ between two versions, and in which columns?
--
-- older, newer  the rows of the files that differ: the row schema, and split
SELECT
    coalesce(newer.id, older.id) AS id,
    coalesce(newer.source, older.source) AS source,
    CASE
        WHEN older.id IS NULL THEN 'added'
        WHEN newer.id IS NULL THEN 'removed'
        WHEN older.split <> newer.split THEN 'moved'
        ELSE 'changed'
    END AS kind,
    CASE WHEN older.id IS NOT NULL AND newer.id IS NOT NULL THEN
        list_filter([
            CASE WHEN older.split IS DISTINCT FROM newer.split
                THEN {'name': 'split', 'old': older.split, 'new': newer.split} END,
            CASE WHEN older.language IS DISTINCT FROM newer.language
                THEN {'name': 'language', 'old': older.language, 'new': newer.language} END,
            CASE WHEN older.source IS DISTINCT FROM newer.source
                THEN {'name': 'source', 'old': older.source, 'new': newer.source} END,
            CASE WHEN older.task IS DISTINCT FROM newer.task
                THEN {'name': 'task', 'old': older.task, 'new': newer.task} END,
            CASE WHEN older.question IS DISTINCT FROM newer.question
                THEN {'name': 'question', 'old': older.question, 'new': newer.question} END,
            CASE WHEN older.context IS DISTINCT FROM newer.context
                THEN {'name': 'context', 'old': older.context, 'new': newer.context} END,
            CASE WHEN older.premise IS DISTINCT FROM newer.premise
                THEN {'name': 'premise', 'old': older.premise, 'new': newer.premise} END,
            CASE WHEN older.hypothesis IS DISTINCT FROM newer.hypothesis
                THEN {'name': 'hypothesis', 'old': older.hypothesis, 'new': newer.hypothesis} END,
            CASE WHEN older.options IS DISTINCT FROM newer.options
                THEN {'name': 'options', 'old': older.options::VARCHAR,
                      'new': newer.options::VARCHAR} END,
            CASE WHEN older.answer IS DISTINCT FROM newer.answer
                THEN {'name': 'answer', 'old': older.answer, 'new': newer.answer} END,
            CASE WHEN older.long_answer IS DISTINCT FROM newer.long_answer
                THEN {'name': 'long_answer', 'old': older.long_answer,
                      'new': newer.long_answer} END,
            CASE WHEN older.origin IS DISTINCT FROM newer.origin
                THEN {'name': 'origin', 'old': older.origin, 'new': newer.origin} END,
            CASE WHEN older.provenance IS DISTINCT FROM newer.provenance
                THEN {'name': 'provenance', 'old': older.provenance::VARCHAR,
                      'new': newer.provenance::VARCHAR} END,
            CASE WHEN older.quality IS DISTINCT FROM newer.quality
                THEN {'name': 'quality', 'old': older.quality::VARCHAR,
                      'new': newer.quality::VARCHAR} END,
            CASE WHEN older.review IS DISTINCT FROM newer.review
                THEN {'name': 'review', 'old': older.review::VARCHAR,
                      'new': newer.review::VARCHAR} END
        ], lambda cell: cell IS NOT NULL)
    ELSE [] END AS cells
FROM older
FULL JOIN newer USING (id)
WHERE kind <> 'changed' OR len(cells) > 0
ORDER BY id

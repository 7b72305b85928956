-- Which rows of one language differ between two versions, and in which columns?
--
-- older, newer  the rows of the files that differ
-- $columns      those that are compared, in the order of both; id, split and source are among them
WITH before AS (
    SELECT id, split, source, list_value(*COLUMNS($columns)) AS fields
    FROM (SELECT COLUMNS($columns)::VARCHAR FROM older)
),
after AS (
    SELECT id, split, source, list_value(*COLUMNS($columns)) AS fields
    FROM (SELECT COLUMNS($columns)::VARCHAR FROM newer)
)
SELECT
    coalesce(after.id, before.id) AS id,
    coalesce(after.source, before.source) AS source,
    CASE
        WHEN before.id IS NULL THEN 'added'
        WHEN after.id IS NULL THEN 'removed'
        WHEN before.split <> after.split THEN 'moved'
        ELSE 'changed'
    END AS kind,
    CASE WHEN before.id IS NOT NULL AND after.id IS NOT NULL THEN
        list_filter(
            list_transform(
                list_zip($columns, before.fields, after.fields),
                lambda cell: {'name': cell[1], 'old': cell[2], 'new': cell[3]}
            ),
            lambda cell: cell.old IS DISTINCT FROM cell.new
        )
    ELSE [] END AS cells
FROM before
FULL JOIN after USING (id)
WHERE kind <> 'changed' OR len(cells) > 0
ORDER BY id

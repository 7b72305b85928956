-- In which rows is a field that has to be the same in every config another than in the item's reference row: its English
-- one, or else that of the first config by name? `check` is the field.
--
-- claims  every row of every config
WITH reference AS (
    SELECT DISTINCT ON (id) *
    FROM claims
    ORDER BY id, config != 'english', config, split
),
differing AS (
    SELECT
        claims.config, claims.split, claims.id, reference.config AS other,
        unnest([
            {'check': 'answer', 'own': claims.answer, 'theirs': reference.answer},
            {'check': 'labels', 'own': claims.labels, 'theirs': reference.labels},
            {'check': 'split', 'own': claims.split, 'theirs': reference.split},
            {'check': 'source', 'own': claims.source, 'theirs': reference.source},
            {'check': 'task', 'own': claims.task, 'theirs': reference.task}
        ], recursive := true)
    FROM claims
    JOIN reference USING (id)
    WHERE (claims.answer, claims.labels, claims.split, claims.source, claims.task)
        IS DISTINCT FROM (reference.answer, reference.labels, reference.split, reference.source, reference.task)
)
SELECT
    'parity' AS suite, "check", config, split, id,
    concat(coalesce(own, 'none'), ' where ', other, ' has ', coalesce(theirs, 'none')) AS detail
FROM differing
WHERE own IS DISTINCT FROM theirs
ORDER BY ALL

-- In which rows does a field that must be the same in every config differ from the item's reference row: its English
-- one, or else that of the first config by name? `check` is the field.
--
-- claims  every row of every config    $compared  its columns that are compared, in their order
WITH stated AS (
    SELECT config, split, id, list_value(*COLUMNS($compared)) AS fields FROM claims
),
reference AS (
    SELECT DISTINCT ON (id) *
    FROM stated
    ORDER BY id, config != 'english', config, split
),
differing AS (
    SELECT
        stated.config, stated.split, stated.id, reference.config AS other,
        unnest(list_zip($compared, stated.fields, reference.fields)) AS field
    FROM stated
    JOIN reference USING (id)
    WHERE stated.fields IS DISTINCT FROM reference.fields
)
SELECT
    'parity' AS suite, field[1] AS "check", config, split, id,
    concat(coalesce(field[2], 'none'), ' where ', other, ' has ', coalesce(field[3], 'none')) AS detail
FROM differing
WHERE field[2] IS DISTINCT FROM field[3]
ORDER BY ALL

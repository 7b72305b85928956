-- In which rows is a field that has to be the same in every config another than in the item's reference row?
--
-- reference  id, config, claims: of every item its English row, or else that of the first config by name
WITH claim AS (
    SELECT
        config, split, id,
        struct_pack(
            answer := answer, labels := labels::VARCHAR, split := split, source := source, task := task
        ) AS claims
    FROM batch
)
SELECT
    claim.config, claim.split, claim.id,
    concat(
        coalesce(struct_extract(claim.claims, $field), 'none'), ' where ', reference.config, ' has ',
        coalesce(struct_extract(reference.claims, $field), 'none')
    ) AS detail
FROM claim
JOIN reference USING (id)
WHERE struct_extract(claim.claims, $field) IS DISTINCT FROM struct_extract(reference.claims, $field)

-- Which row do an item's rows in the other configs have to agree with? English, or else the first config by name.
SELECT DISTINCT ON (id)
    id, config,
    struct_pack(
        answer := answer, labels := labels::VARCHAR, split := split, source := source, task := task
    ) AS claims
FROM facts
ORDER BY id, config != 'english', config, split

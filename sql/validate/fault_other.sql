-- Which faults are of a kind that no other expectation names?
SELECT config, split, id, concat("check", ': ', detail) AS detail
FROM batch
WHERE NOT list_contains($faults, "check")

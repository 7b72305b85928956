-- Which faults of one kind are in the files and rows?
SELECT config, split, id, detail
FROM batch
WHERE "check" = $fault

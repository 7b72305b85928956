-- What was already found for a check of a suite, apart from the rows?
SELECT config, split, id, detail
FROM batch
WHERE suite = $suite AND "check" = $check

-- What has been found already for a check of a suite, beside the rows?
SELECT config, split, id, detail
FROM batch
WHERE suite = $suite AND "check" = $check

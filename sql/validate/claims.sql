-- What has to be the same of an item in every config? One row a row of one config.
--
-- facts  every row of the config
SELECT config, split, id, source, task, answer, labels::VARCHAR AS labels
FROM facts
ORDER BY ALL

-- What has to be the same of an item in every config? One row a row of one config.
--
-- facts  every row of the config    $compared  the columns that are the same in every config
SELECT config, split, id, COLUMNS($compared)::VARCHAR, labels::VARCHAR AS labels
FROM facts
ORDER BY ALL

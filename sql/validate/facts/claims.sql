-- What must be the same for an item in every config? One result row per row of one config.
--
-- rows  every row of the config    $compared  the columns that are the same in every config
SELECT
    config, split, id, COLUMNS($compared)::VARCHAR,
    list_transform(options, lambda option: option.label)::VARCHAR AS labels
FROM rows
ORDER BY ALL

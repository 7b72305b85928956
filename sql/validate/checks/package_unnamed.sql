-- How many machine rows name an engine but no package or no version, by config, split and source (`id`)? Translations
-- that the upstream published itself, and those of a translation memory.
SELECT
    config, split, source AS id,
    concat(count(*), ' machine rows by ', engine, ' name no package or no version') AS detail
FROM batch
WHERE origin IN ('machine', 'postedited') AND coalesce(engine, '') != ''
    AND (coalesce(package, '') = '' OR coalesce(version, '') = '')
GROUP BY config, split, source, engine

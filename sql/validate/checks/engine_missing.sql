-- Which machine rows do not say what translated them, or name a package of an engine without its version? A file of
-- a translation memory ($memory) has no version. Of a text that was translated twice, ` > ` is between the engines.
SELECT
    config, split, id,
    concat(
        'engine ', coalesce(engine, 'none'), ', package ', coalesce(package, 'none'), ', version ',
        coalesce(version, 'none')
    ) AS detail
FROM batch
WHERE origin IN ('machine', 'postedited')
    AND (
        coalesce(engine, '') = ''
        OR (coalesce(package, '') != '' AND coalesce(version, '') = '' AND NOT list_contains(string_split(engine, ' > '), $memory))
    )

-- Which rows do not say where they come from or under which licence?
SELECT
    config, split, id,
    concat_ws(
        ', ',
        CASE WHEN coalesce(upstream, '') = '' THEN 'no upstream' END,
        CASE WHEN coalesce(record_id, '') = '' THEN 'no record_id' END,
        CASE WHEN coalesce(licence, '') = '' THEN 'no licence' END
    ) AS detail
FROM batch
WHERE coalesce(upstream, '') = '' OR coalesce(record_id, '') = '' OR coalesce(licence, '') = ''

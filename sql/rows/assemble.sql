-- What are the rows of one language? Its own items first; then every item in the language that is translated ($source)
-- all of whose segments have a translation into it, reassembled.
--
-- items         the items; engine, package, version and sha256 of those that were translated before stand before the
--               translation's own, with $hop between; also their rank and unresolved
-- segments      id, field, position, label, key, text
-- translations  key, language, text, origin, engine, package, version, sha256, memory, rank, unresolved (each key once)
-- $language     BCP-47 tag                 $origins      the origins, weakest first
-- $source       BCP-47 tag                 $hop          a text
-- $texts        the columns of translated texts, beside the options    $copied  the other columns of an item
WITH native AS (
    SELECT * FROM items WHERE language = $language
),
translated AS (
    SELECT
        segment.id,
        map_from_entries(list((segment.field, translation.text)) FILTER (segment.label IS NULL)) AS texts,
        list({'label': segment.label, 'text': translation.text} ORDER BY segment.position)
            FILTER (segment.label IS NOT NULL) AS options,
        $origins[min(list_position($origins, translation.origin))] AS origin,
        string_agg(DISTINCT translation.engine, ' + ' ORDER BY translation.engine) AS engine,
        string_agg(DISTINCT translation.package, ' + ' ORDER BY translation.package) AS package,
        string_agg(DISTINCT translation.version, ' + ' ORDER BY translation.version) AS version,
        string_agg(DISTINCT translation.sha256, ' + ' ORDER BY translation.sha256) AS sha256,
        sum(translation.memory) / sum(length(segment.text)) AS memory,
        max(translation.rank) AS rank,
        sum(translation.unresolved)::BIGINT AS unresolved
    FROM segments AS segment
    LEFT JOIN translations AS translation
        ON translation.key = segment.key AND translation.language = $language
    WHERE segment.id NOT IN (SELECT id FROM native)
    GROUP BY segment.id
    HAVING count(*) = count(translation.text)
)
SELECT * FROM native
UNION ALL BY NAME
SELECT
    item.id, $language AS language, item.source, item.split, item.task,
    -- Every text, by the name of its column.
    translated.texts[alias(COLUMNS($texts))] AS '\0', translated.options, COLUMNS($copied),
    CASE
        WHEN list_position($origins, item.origin) < list_position($origins, translated.origin) THEN item.origin
        ELSE translated.origin
    END AS origin,
    nullif(concat_ws($hop, item.engine, translated.engine), '') AS engine,
    nullif(concat_ws($hop, item.package, translated.package), '') AS package,
    nullif(concat_ws($hop, item.version, translated.version), '') AS version,
    nullif(concat_ws($hop, item.sha256, translated.sha256), '') AS sha256,
    translated.memory,
    greatest(item.rank, translated.rank) AS rank,
    coalesce(item.unresolved, 0) + translated.unresolved AS unresolved, item.upstream, item.revision, item.record_id, item.licence
FROM translated
JOIN items AS item ON item.id = translated.id AND item.language = $source
ORDER BY id

-- What are the rows of one language? Its own upstream items first; then every English item all of whose segments
-- have a translation into it, put together again.
--
-- items         the items stage            segments      id, field, position, label, key, text
-- translations  key, language, text, origin, engine, package, version, sha256, memory, rank, unresolved (each key once)
-- $language     BCP-47 tag                 $origins      the origins, weakest first
WITH native AS (
    SELECT
        id, language, source, split, task, question, context, premise, hypothesis, options, answer, long_answer,
        origin, engine, NULL::VARCHAR AS package, NULL::VARCHAR AS version, NULL::VARCHAR AS sha256,
        NULL::DOUBLE AS memory, NULL::BIGINT AS rank, NULL::BIGINT AS unresolved, upstream, revision, record_id, licence
    FROM items
    WHERE language = $language
),
translated AS (
    SELECT
        segment.id,
        max(translation.text) FILTER (segment.field = 'question') AS question,
        max(translation.text) FILTER (segment.field = 'context') AS context,
        max(translation.text) FILTER (segment.field = 'premise') AS premise,
        max(translation.text) FILTER (segment.field = 'hypothesis') AS hypothesis,
        max(translation.text) FILTER (segment.field = 'long_answer') AS long_answer,
        list({'label': segment.label, 'text': translation.text} ORDER BY segment.position)
            FILTER (segment.field = 'options') AS options,
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
    item.id, $language AS language, item.source, item.split, item.task, translated.question, translated.context,
    translated.premise, translated.hypothesis, translated.options, item.answer, translated.long_answer,
    CASE
        WHEN list_position($origins, item.origin) < list_position($origins, translated.origin) THEN item.origin
        ELSE translated.origin
    END AS origin,
    translated.engine, translated.package, translated.version, translated.sha256, translated.memory, translated.rank,
    translated.unresolved, item.upstream, item.revision, item.record_id,
    item.licence
FROM translated
JOIN items AS item ON item.id = translated.id AND item.language = 'en'
ORDER BY id

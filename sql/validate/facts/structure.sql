-- Which rows break the rules of the schema? `check` is the rule.
--
-- rows    every row: config, split, and the released columns
-- roles   task, uses (columns that it may fill), asks and answers (of these, what it needs to ask and to answer)
-- unknown  licence: those of the rows that are none
-- closed  task, answers: its closed set    tags  config, tag    ranges  signal, low, high: what a signal can be
-- $tasks, $origins  the known ones
-- $required, $content, $texts  columns that every row has, columns of an item, and of these the texts; in their order
WITH labelled AS (
    SELECT *, list_transform(options, lambda option: option.label) AS labels FROM rows
),
-- Which columns that every row has are null or empty?
lacking AS (
    SELECT config, split, row, list_filter($required, lambda name, place: absent[place]) AS absent
    FROM (
        SELECT config, split, row, list_value(*COLUMNS($required)) AS absent
        FROM (SELECT config, split, id AS row, coalesce(COLUMNS($required)::VARCHAR, '') = '' FROM rows)
    )
),
-- Which columns of an item are filled?
filled AS (
    SELECT config, split, id, task, list_filter($content, lambda name, place: given[place]) AS filled
    FROM (
        SELECT config, split, id, task, list_value(*COLUMNS($content)) AS given
        FROM (SELECT config, split, id, task, COLUMNS($content) IS NOT NULL FROM rows)
    )
),
said AS (
    SELECT
        config, split, id, task, list_value(*COLUMNS($texts)) AS texts,
        coalesce(list_transform(options, lambda option: option.text), []) AS choices
    FROM rows
),
-- Which texts have no character that people see? Spaces, controls, formats and combining marks are none, and neither are
-- the letters that only fill a place (Hangul fillers, the empty Braille cell).
unseen AS (
    SELECT
        config, split, id, task,
        list_filter(
            $texts || list_transform(choices, lambda choice: 'options'),
            lambda name, place: NOT regexp_matches(
                coalesce((texts || choices)[place], ''), '[^\pZ\pC\pM\x{115F}\x{1160}\x{2800}\x{3164}\x{FFA0}]'
            )
        ) AS unseen
    FROM said
)
SELECT 'id_repeated' AS "check", config, min(split) AS split, id, format('{} rows have it', count(*)) AS detail
FROM rows GROUP BY config, id HAVING count(*) > 1
UNION ALL
SELECT 'id_form', config, split, id, format('expected {}/{}/...', source, split)
FROM rows WHERE NOT starts_with(id, source || '/' || split || '/')
UNION ALL
SELECT 'language', config, split, id, format('{} is not the language of this config', language)
FROM rows JOIN tags USING (config) WHERE language != tags.tag
UNION ALL
SELECT 'required_missing', config, split, row, array_to_string(absent, ', ') || ': null or empty'
FROM lacking WHERE len(absent) > 0
UNION ALL
SELECT
    'provenance_missing', config, split, id,
    concat_ws(
        ', ',
        CASE WHEN coalesce(provenance.upstream, '') = '' THEN 'no upstream' END,
        CASE WHEN coalesce(provenance.record_id, '') = '' THEN 'no record_id' END,
        CASE WHEN coalesce(provenance.licence, '') = '' THEN 'no licence' END
    ) AS detail
FROM rows
WHERE coalesce(provenance.upstream, '') = '' OR coalesce(provenance.record_id, '') = ''
    OR coalesce(provenance.licence, '') = ''
UNION ALL
SELECT 'licence_unknown', config, split, id, format('{} is no licence', licence)
FROM rows JOIN unknown ON provenance.licence = unknown.licence
UNION ALL
SELECT 'task_unknown', config, split, id, concat(coalesce(task, 'null'), ' is no task')
FROM rows WHERE NOT coalesce(list_contains($tasks, task), false)
UNION ALL
SELECT 'origin_unknown', config, split, id, concat(coalesce(origin, 'null'), ' is no origin')
FROM rows WHERE NOT coalesce(list_contains($origins, origin), false)
UNION ALL
SELECT
    'other_task', config, split, id,
    concat(array_to_string(list_filter(filled, lambda name: NOT list_contains(uses, name)), ', '), ': not of ', task)
FROM filled JOIN roles USING (task) WHERE NOT list_has_all(uses, filled)
UNION ALL
SELECT
    part, config, split, id,
    array_to_string(list_intersect(unseen, needs), ', ') || ': empty, or invisible characters alone'
FROM (
    SELECT
        *, unnest(['text_missing', 'answer_missing']) AS part,
        -- Of no known task a row needs any text.
        unnest([coalesce(asks, CASE WHEN list_has_all(unseen, $texts) THEN $texts ELSE [] END), answers]) AS needs
    FROM unseen LEFT JOIN roles USING (task)
)
WHERE list_has_any(unseen, needs)
UNION ALL
SELECT 'label_order', config, split, id, concat(labels::VARCHAR, ' where A, B and so on are expected, two or more')
FROM labelled
WHERE task = 'mcqa'
    AND (coalesce(len(labels), 0) < 2 OR labels != list_transform(range(len(labels)), lambda place: chr(65 + place::INT)))
UNION ALL
SELECT 'answer_unknown', config, split, id, format('{} is not among its options', answer)
FROM labelled WHERE task = 'mcqa' AND NOT coalesce(list_contains(labels, answer), false)
UNION ALL
SELECT 'answer_unknown', config, split, id, format('{} is no answer of {}', answer, task)
FROM labelled JOIN closed USING (task)
WHERE NOT coalesce(list_contains(closed.answers, answer), false)
UNION ALL
-- NaN is larger than any number, and so within no range.
SELECT
    'signal_range', config, split, id, concat(signal, ' is ', value, ' where ', low, ' to ', high, ' is expected')
FROM (UNPIVOT (SELECT config, split, id, unnest(quality) FROM rows)
    ON COLUMNS(* EXCLUDE (config, split, id, critical, reasons)) INTO NAME signal VALUE value)
JOIN ranges USING (signal)
WHERE NOT value BETWEEN low AND high OR isinf(value)
ORDER BY ALL

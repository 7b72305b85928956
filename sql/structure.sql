-- Which rows of a candidate break its structure?
--
-- rows  every row of every config: config, split, and the released columns    closed  task, answers: its closed set
-- tags  config, tag: the language list
WITH labelled AS (
    SELECT *, list_transform(options, lambda option: option.label) AS labels FROM rows
),
needed AS (
    SELECT config, id, 'answer_missing' AS "check", [long_answer] AS texts FROM rows WHERE task = 'lfqa'
    UNION ALL
    SELECT
        config, id, 'text_missing',
        CASE task
            WHEN 'nli' THEN [premise, hypothesis]
            ELSE [question] || coalesce(list_transform(options, lambda option: option.text), [])
        END
    FROM rows
),
-- What the others are compared with: English, or else the first config that has the id.
reference AS (
    SELECT id, unnest(arg_min(
        {'other': config, 'split': split, 'task': task, 'answer': answer, 'labels': labels},
        CASE language WHEN 'en' THEN '' ELSE config END
    ))
    FROM labelled GROUP BY id
)
SELECT 'id_repeated' AS check, config, id, format('{} rows have it', count(*)) AS detail
FROM rows GROUP BY config, id HAVING count(*) > 1
UNION ALL
SELECT 'id_form', config, id, format('expected {}/{}/...', source, split)
FROM rows WHERE NOT starts_with(id, source || '/' || split || '/')
UNION ALL
SELECT 'language', config, id, format('{} is not the language of this config', language)
FROM rows JOIN tags USING (config) WHERE language != tags.tag
UNION ALL
SELECT 'answer_unknown', config, id, format('{} is not among its options', answer)
FROM labelled WHERE task = 'mcqa' AND NOT coalesce(list_contains(labels, answer), false)
UNION ALL
SELECT 'answer_unknown', config, id, format('{} is no answer of {}', answer, task)
FROM labelled JOIN closed USING (task)
WHERE NOT coalesce(list_contains(closed.answers, answer), false)
UNION ALL
-- A text is there if it has a character that people see: no space, control, format or combining mark, and none of the
-- letters that only fill a place (Hangul fillers, the empty Braille cell).
SELECT "check", config, id, 'a text that the task needs is empty, or has invisible characters alone'
FROM needed
WHERE list_bool_or(list_transform(texts, lambda text: NOT regexp_matches(
    coalesce(text, ''), '[^\pZ\pC\pM\x{115F}\x{1160}\x{2800}\x{3164}\x{FFA0}]'
)))
UNION ALL
SELECT 'parity', labelled.config, id, format('answer {} where {} has {}', labelled.answer, other, reference.answer)
FROM labelled JOIN reference USING (id) WHERE labelled.answer IS DISTINCT FROM reference.answer
UNION ALL
SELECT 'parity', labelled.config, id, format('other options than in {}', other)
FROM labelled JOIN reference USING (id) WHERE labelled.labels IS DISTINCT FROM reference.labels
UNION ALL
SELECT 'parity', labelled.config, id, format('another task than in {}', other)
FROM labelled JOIN reference USING (id) WHERE labelled.task IS DISTINCT FROM reference.task
UNION ALL
SELECT 'parity', labelled.config, id, format('in {} where {} has it in {}', labelled.split, other, reference.split)
FROM labelled JOIN reference USING (id) WHERE labelled.split IS DISTINCT FROM reference.split
ORDER BY ALL

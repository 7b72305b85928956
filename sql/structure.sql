-- Which rows of a candidate break its structure?
--
-- rows  every row of every config: config, split, and the released columns    closed  task, answers: its closed set
-- tags  config, tag: the language list
WITH labelled AS (
    SELECT *, list_transform(options, lambda option: option.label) AS labels FROM rows
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
SELECT 'answer_missing', config, id, 'lfqa without a long answer'
FROM rows WHERE task = 'lfqa' AND coalesce(long_answer, '') = ''
UNION ALL
SELECT 'text_missing', config, id, 'a text that the task needs is empty'
FROM rows
WHERE (task = 'nli' AND (coalesce(premise, '') = '' OR coalesce(hypothesis, '') = ''))
    OR (task != 'nli' AND coalesce(question, '') = '')
    OR list_contains(list_transform(options, lambda option: coalesce(option.text, '')), '')
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

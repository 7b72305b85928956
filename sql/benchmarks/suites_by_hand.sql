-- What do the suites count, in one hand-written query over the Parquet files? One row per check: how many rows break it.
-- Near-duplicates are not an aggregate and are left out. (`validation` runs one query per file, and keeps the rows.)
--
-- $files  every Parquet file, .../<config>/<split>....parquet    $tasks  the known ones
-- closed  task, answers    tags  config, tag
WITH said AS (
    SELECT
        *,
        parse_path(filename)[-2] AS config,
        split_part(split_part(parse_filename(filename), '.', 1), '-', 1) AS split,
        list_transform(options, lambda option: option.label) AS labels,
        concat_ws(
            ' ', question, context, premise, hypothesis,
            list_sort(list_transform(options, lambda option: lower(option.text)))::VARCHAR
        ) AS texts
    FROM read_parquet($files, filename = true)
),
-- The only scan: everything that depends on a single row.
scanned AS MATERIALIZED (
    SELECT
        config, split, id, source, task, answer, labels::VARCHAR AS labels, origin,
        md5(trim(regexp_replace(lower(nfc_normalize(texts)), '[\pP\pZ\s]+', ' ', 'g'))) AS text_key,
        language != tags.tag AS language,
        id IS NULL OR language IS NULL OR source IS NULL OR provenance IS NULL AS required_missing,
        NOT coalesce(list_contains($tasks, task), false) AS task_unknown,
        NOT starts_with(id, source || '/' || split || '/') AS id_form,
        NOT coalesce(list_contains(CASE task WHEN 'mcqa' THEN labels ELSE answers END, answer), false)
        AND (task = 'mcqa' OR answers IS NOT NULL) AS answer_unknown,
        task = 'lfqa' AND coalesce(long_answer, '') = '' AS answer_missing,
        (task = 'nli' AND (coalesce(premise, '') = '' OR coalesce(hypothesis, '') = ''))
        OR (task != 'nli' AND coalesce(question, '') = '')
        OR coalesce(list_contains(list_transform(options, lambda option: coalesce(option.text, '')), ''), false)
            AS text_missing,
        task = 'mcqa' AND (
            coalesce(len(labels), 0) < 2
            OR labels != list_transform(range(len(labels)), lambda place: chr(65 + place::INT))
        ) AS label_order,
        (task != 'nli' AND (premise IS NOT NULL OR hypothesis IS NOT NULL))
        OR (task != 'mcqa' AND options IS NOT NULL) OR (task = 'nli' AND question IS NOT NULL)
        OR (task = 'lfqa' AND answer IS NOT NULL) AS other_task,
        coalesce(provenance.upstream, '') = '' OR coalesce(provenance.record_id, '') = ''
        OR coalesce(provenance.licence, '') = '' AS provenance,
        origin IN ('machine', 'postedited') AND coalesce(provenance.engine, '') = '' AS engine,
        quality.numbers < 1 AS numbers, quality.script < 0.3 AS script, quality.options < 1 AS options
    FROM said
    JOIN tags USING (config)
    LEFT JOIN closed USING (task)
),
reference AS (
    SELECT id, unnest(arg_min(
        {'first_answer': answer, 'first_labels': labels, 'first_split': split, 'first_source': source,
        'first_task': task}, CASE config WHEN 'english' THEN '' ELSE config END
    ))
    FROM scanned GROUP BY id
)
SELECT 'structure/' || fault AS "check", count(*) FILTER (broken) AS broken
FROM (
    UNPIVOT scanned ON language, required_missing, task_unknown, id_form, answer_unknown, answer_missing, text_missing,
    label_order, other_task INTO NAME fault VALUE broken
)
GROUP BY ALL
UNION ALL
SELECT 'licence/' || fault, count(*) FILTER (broken)
FROM (UNPIVOT scanned ON provenance, engine INTO NAME fault VALUE broken) GROUP BY ALL
UNION ALL
SELECT concat('quality/', signal, ' ', config), count(*) FILTER (flagged)
FROM (UNPIVOT scanned ON numbers, script, options INTO NAME signal VALUE flagged)
WHERE origin != 'original' GROUP BY ALL
UNION ALL
SELECT concat('balance/', config, ' ', split, ' ', source, ' ', task, ' ', answer), count(*) FROM scanned GROUP BY ALL
UNION ALL
SELECT 'structure/id_repeated', count(*) FROM (SELECT 1 FROM scanned GROUP BY config, id HAVING count(*) > 1)
UNION ALL
SELECT 'leakage/id_in_splits', count(*)
FROM (SELECT 1 FROM scanned GROUP BY config, id HAVING count(DISTINCT split) > 1)
UNION ALL
SELECT 'leakage/text_repeated', count(*)
FROM (SELECT id, min(id) OVER (PARTITION BY config, split, text_key) AS first_id FROM scanned)
WHERE id != first_id
UNION ALL
SELECT 'leakage/train_held_out', count(*)
FROM (SELECT config, split, id, text_key, source FROM scanned WHERE split != 'train')
SEMI JOIN (SELECT config, text_key, source FROM scanned WHERE split = 'train') USING (config, text_key, source)
UNION ALL
SELECT 'leakage/train_held_out_sources', count(DISTINCT (held.config, held.split, held.id))
FROM (SELECT config, split, id, text_key, source FROM scanned WHERE split != 'train') AS held
JOIN (SELECT config, text_key, source FROM scanned WHERE split = 'train') AS train USING (config, text_key)
WHERE held.source != train.source
UNION ALL
SELECT 'parity/' || field, count(*) FILTER (broken)
FROM (
    UNPIVOT (
        SELECT
            answer IS DISTINCT FROM first_answer AS answer, labels IS DISTINCT FROM first_labels AS labels,
            split IS DISTINCT FROM first_split AS split, source IS DISTINCT FROM first_source AS source,
            task IS DISTINCT FROM first_task AS task
        FROM scanned JOIN reference USING (id)
    ) ON answer, labels, split, source, task INTO NAME field VALUE broken
)
GROUP BY ALL
UNION ALL
SELECT 'parity/absent', count(*)
FROM (
    SELECT 1
    FROM (SELECT DISTINCT config FROM scanned) AS configs
    CROSS JOIN (SELECT source, split, count(DISTINCT id) AS ids FROM scanned GROUP BY ALL) AS known
    LEFT JOIN (SELECT config, source, split, count(DISTINCT id) AS found FROM scanned GROUP BY ALL) AS there
        USING (config, source, split)
    WHERE known.ids > coalesce(found, 0)
)
ORDER BY ALL

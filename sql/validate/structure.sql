-- Which rows break the schema's rules on fields and labels? (sql/structure.sql asks about ids, answers and texts.)
--
-- rows  every row of one config: config, split, and the released columns
-- ranges  signal, low, high: what a signal can be    $tasks, $origins  the known ones
WITH labelled AS (
    SELECT *, list_transform(options, lambda option: option.label) AS labels FROM rows
)
SELECT 'required_missing' AS check, config, id, 'a field that every row has is null or empty' AS detail
FROM rows
WHERE coalesce(id, '') = '' OR coalesce(language, '') = '' OR coalesce(source, '') = ''
    OR provenance IS NULL OR quality IS NULL OR review IS NULL
UNION ALL
SELECT 'task_unknown', config, id, concat(coalesce(task, 'null'), ' is no task')
FROM rows
WHERE NOT coalesce(list_contains($tasks, task), false)
UNION ALL
SELECT 'origin_unknown', config, id, concat(coalesce(origin, 'null'), ' is no origin')
FROM rows
WHERE NOT coalesce(list_contains($origins, origin), false)
UNION ALL
SELECT 'label_order', config, id, concat(labels::VARCHAR, ' where A, B and so on are expected, two or more')
FROM labelled
WHERE task = 'mcqa'
    AND (coalesce(len(labels), 0) < 2 OR labels != list_transform(range(len(labels)), lambda place: chr(65 + place::INT)))
UNION ALL
-- NaN is larger than any number, and so within no range.
SELECT 'signal_range', config, id, concat(signal, ' is ', value, ' where ', low, ' to ', high, ' is expected')
FROM (UNPIVOT (SELECT config, id, unnest(quality) FROM rows)
    ON COLUMNS(* EXCLUDE (config, id, critical, reasons)) INTO NAME signal VALUE value)
JOIN ranges USING (signal)
WHERE NOT value BETWEEN low AND high OR isinf(value)
UNION ALL
SELECT 'other_task', config, id, concat('has a field that ', task, ' does not use')
FROM rows
WHERE (task != 'nli' AND (premise IS NOT NULL OR hypothesis IS NOT NULL))
    OR (task != 'mcqa' AND options IS NOT NULL)
    OR (task = 'nli' AND question IS NOT NULL)
    OR (task = 'lfqa' AND answer IS NOT NULL)
ORDER BY ALL

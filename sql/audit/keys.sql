-- Which questions occur more than once with the same options, with one key or with several?
--
-- items  row, id, language, source, asked (question and options, in no order), answer (the right option's text)
--
-- kind   'two keys' in one source; 'other key' in another source; 'twice': the same key under another id
-- other  up to three ids of the others
WITH groups AS (
    SELECT
        language,
        asked,
        min(answer) <> max(answer) AS differs,
        -- For texts that occur thousands of times, a few ids are enough.
        list({'id': id, 'source': source, 'answer': answer} ORDER BY id)[:100] AS askers
    FROM items
    GROUP BY language, asked
    HAVING count(*) > 1
),
own AS (
    SELECT language, asked, source, min(answer) <> max(answer) AS differs_here, count(DISTINCT id) > 1 AS again
    FROM items
    GROUP BY language, asked, source
),
told AS (
    SELECT
        items.row, items.id, items.language, differs, differs_here, again,
        list_filter(
            askers,
            lambda other: CASE
                WHEN differs THEN other.answer <> items.answer
                ELSE other.source = items.source AND other.id <> items.id
            END
        ) AS others
    FROM items JOIN groups USING (language, asked) JOIN own USING (language, asked, source)
)
SELECT
    row,
    id,
    language,
    CASE WHEN differs_here THEN 'two keys' WHEN differs THEN 'other key' ELSE 'twice' END AS kind,
    array_to_string(list_transform(others[:3], lambda other: other.id), ' ') AS other
FROM told
WHERE differs OR again
ORDER BY row

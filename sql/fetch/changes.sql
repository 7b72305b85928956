-- How did the items of a source change from one revision to another, by language?
--
-- older, newer  source, language, id, options, answer, content (all fields of an item, as one text)
--
-- A key is the text of the right option, or the answer where there are no options: a letter that stays while the
-- options are reordered is another key; one that moves with its option is not.
WITH keyed AS (
    SELECT is_newer, source, language, id, content,
        coalesce(list_filter(options, lambda each: each.label = answer)[1].text, answer) AS key
    FROM (SELECT *, FALSE AS is_newer FROM older UNION ALL SELECT *, TRUE FROM newer)
),
before AS (FROM keyed WHERE NOT is_newer),
after AS (FROM keyed WHERE is_newer)
SELECT source, language,
    count(*) FILTER (before.content IS NULL) AS added,
    count(*) FILTER (after.content IS NULL) AS removed,
    count(*) FILTER (before.content <> after.content AND before.key IS DISTINCT FROM after.key) AS keys,
    count(*) FILTER (before.content <> after.content AND before.key IS NOT DISTINCT FROM after.key) AS texts
FROM before FULL JOIN after USING (source, language, id)
GROUP BY ALL
ORDER BY ALL

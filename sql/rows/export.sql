-- What are the distinct texts of a build, in the order of the items, and their translations into a language?
--
-- segments      id, field, position, key, text        translations  key, text, origin, engine, package
-- $untranslated whether texts without a translation are wanted
--
-- Texts with a character that XML cannot have, or does not preserve (a carriage return), are marked as unfit.
SELECT
    segment.key, segment.source, translation.text AS target, translation.origin, translation.engine,
    translation.package,
    regexp_matches(segment.source || coalesce(translation.text, ''), '[\x00-\x08\x0b-\x1f\x{fffe}\x{ffff}]') AS unfit
FROM (
    SELECT key, any_value(text) AS source, min((id, field, position)) AS place FROM segments GROUP BY key
) AS segment
LEFT JOIN translations AS translation USING (key)
WHERE $untranslated OR translation.text IS NOT NULL
ORDER BY segment.place

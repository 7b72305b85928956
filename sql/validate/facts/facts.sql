-- What do the checks need to know about every row? One narrow row each; `text_key` is equal if the texts are, ignoring
-- case, punctuation, white space and the order of the options.
--
-- rows  every row of one config: config, split, and the released columns
-- $asked  the columns of texts that are part of the question    $compared  those that are the same in every config
WITH said AS (
    SELECT
        *,
        concat_ws(
            ' ', *COLUMNS($asked), list_sort(list_transform(options, lambda option: lower(option.text)))::VARCHAR
        ) AS texts
    FROM rows
)
SELECT
    config, split, id, language, COLUMNS($compared), origin,
    list_transform(options, lambda option: option.label) AS labels,
    md5(trim(regexp_replace(lower(nfc_normalize(texts)), '[\pP\pZ\s]+', ' ', 'g'))) AS text_key,
    provenance.upstream AS upstream,
    provenance.record_id AS record_id,
    provenance.licence AS licence,
    provenance.engine AS engine,
    provenance.package AS package,
    provenance.version AS version,
    quality
FROM said

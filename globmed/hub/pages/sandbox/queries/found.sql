-- Which rows fulfil every condition that is given? A macro, for the queries that count and show them. Letters are
-- compared without case by an expression: `lower` would write every text anew, and takes three times as long.
--
-- rows  see `globmed.hub.pages.sandbox.rows`
CREATE TEMP MACRO found(wanted_language, wanted_task, wanted_source, wanted_status, wanted_text) AS TABLE
SELECT *
FROM rows
WHERE (wanted_language IS NULL OR language = wanted_language)
  AND (wanted_task IS NULL OR task = wanted_task)
  AND (wanted_source IS NULL OR source = wanted_source)
  AND (wanted_status IS NULL OR status = wanted_status)
  AND (
      wanted_text IS NULL
      OR regexp_matches(text_0, regexp_escape(wanted_text), 'i')
      OR regexp_matches(text_1, regexp_escape(wanted_text), 'i')
      OR regexp_matches(text_2, regexp_escape(wanted_text), 'i')
      OR regexp_matches(text_3, regexp_escape(wanted_text), 'i')
      OR regexp_matches(text_4, regexp_escape(wanted_text), 'i')
      OR regexp_matches(text_5, regexp_escape(wanted_text), 'i')
      OR contains(id, wanted_text)
  )

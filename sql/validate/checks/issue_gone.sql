-- Which known issues no longer occur? Suites that were not run, and absent sources and configs, do not count.
--
-- findings  suite, check, config, id    places  rows by config, source and split
-- An issue's id is a row's, which begins with its source, or a source; a signal in the quality suite.
SELECT issue.config, NULL::VARCHAR AS split, issue.id, concat(issue.suite, '/', issue."check", ' finds it no more') AS detail
FROM batch AS issue
WHERE issue.run
    AND (issue.config IS NULL OR issue.config IN (SELECT config FROM places))
    AND (issue.suite = 'quality' OR split_part(issue.id, '/', 1) IN (SELECT source FROM places))
    AND NOT EXISTS (
        FROM findings
        WHERE findings.suite = issue.suite AND findings."check" = issue."check"
            AND coalesce(issue.config = findings.config, true)
            AND findings.id IS NOT DISTINCT FROM issue.id
    )

-- What does a check find in its suite's table that nobody has accepted ($all: or has)? A column `accepted` says which.
--
-- In braces: the suite's table, and the check's query of config, split, id, detail.
-- issues  suite, check, config, id, expired: the known issues; one without config applies to every config
WITH batch AS (SELECT * FROM {batch}),
finding AS (
{check}
),
judged AS (
    SELECT
        finding.*,
        EXISTS (
            FROM issues
            WHERE issues.suite = $suite AND issues.check = $check AND NOT issues.expired
                AND coalesce(issues.config = finding.config, true)
                AND issues.id IS NOT DISTINCT FROM finding.id
        ) AS accepted
    FROM finding
)
SELECT config, split, id, detail, accepted
FROM judged
WHERE $all OR NOT accepted

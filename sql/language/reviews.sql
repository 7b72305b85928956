-- What is the progress of the review of every language: items assigned, ratings returned, raters?
--
-- assignments  round, config, code    ratings  round, config, code, rater
SELECT
    config,
    count(DISTINCT (assignments.round, assignments.code)) AS assigned,
    count(DISTINCT (ratings.round, ratings.code)) FILTER (ratings.code IS NOT NULL) AS rated,
    count(DISTINCT ratings.rater) AS raters
FROM assignments
LEFT JOIN ratings USING (round, config, code)
GROUP BY config
ORDER BY config

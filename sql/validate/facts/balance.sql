-- How much do the answers of a config differ from the upstream's, by task, source and split? A chi-square statistic and
-- Cramér's V of the fit to the shares in the reference: the config with most items of that source and split.
-- Every item counts once per config. An answer that the reference does not have counts as the largest effect.
--
-- answers  items by config, split, source, task and answer
WITH total AS (
    SELECT config, split, source, task, sum(items)::BIGINT AS items FROM answers GROUP BY ALL
),
reference AS (
    SELECT DISTINCT ON (split, source, task) config, split, source, task, items
    FROM total
    ORDER BY split, source, task, items DESC, config != 'english', config
),
upstream AS (
    SELECT
        reference.config AS reference, split, source, task, answers.answer,
        answers.items / reference.items AS share
    FROM reference
    JOIN answers USING (config, split, source, task)
),
compared AS (
    SELECT
        total.config, total.split, total.source, total.task, upstream.reference, total.items,
        total.items * upstream.share AS expected, coalesce(answers.items, 0) AS found
    FROM total
    JOIN upstream USING (split, source, task)
    LEFT JOIN answers
        ON answers.config = total.config AND answers.split = total.split AND answers.source = total.source
        AND answers.task = total.task AND answers.answer = upstream.answer
),
fitted AS (
    SELECT
        config, split, source, task, reference, items,
        count(*) AS classes,
        sum((found - expected) ^ 2 / expected) AS chi_square,
        sum(found) < any_value(items) AS strange
    FROM compared
    GROUP BY ALL
)
SELECT
    task AS measure, config, split, source AS id, reference, items, chi_square,
    greatest(classes - 1, 1) AS freedom,
    CASE
        WHEN strange THEN 1
        ELSE least(1, sqrt(chi_square / (items * greatest(classes - 1, 1))))
    END AS effect
FROM fitted
ORDER BY ALL

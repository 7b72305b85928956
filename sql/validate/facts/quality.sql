-- What share of a config's translated rows is flagged by a signal, and what share was never measured?
--
-- facts   every row of one config    tiers  config, tier
-- limits  signal, and what flags a row: the signal is below `below`, or `reason` is among the reasons
-- $least    the rows from which on a share of `reason` counts
-- $signals  these, in the order of quality
WITH measured AS (
    SELECT config, task, unnest(quality)
    FROM facts
    WHERE origin != 'original' AND config != 'english'
),
translated AS (
    SELECT config, tier, task, reasons, unnest($signals) AS signal, unnest(list_value(*COLUMNS($signals))) AS value
    FROM measured
    JOIN tiers USING (config)
),
shares AS (
    SELECT
        config, tier, signal, reason,
        count(*) AS rows,
        count(value) AS measured,
        count(*) FILTER (coalesce(value < limits.below, list_contains(reasons, limits.reason))) AS flagged
    FROM translated
    JOIN limits USING (signal)
    WHERE signal != 'options' OR task = 'mcqa'
    GROUP BY ALL
)
SELECT
    concat(signal, '_', tier) AS measure, config, NULL::VARCHAR AS split, signal AS id,
    CASE WHEN reason IS NOT NULL AND measured < $least THEN 0 ELSE flagged / nullif(measured, 0) END AS observed,
    concat(flagged, ' of ', measured, ' measured rows are flagged by ', signal) AS detail
FROM shares
UNION ALL
SELECT
    'unmeasured', config, NULL, signal, 1 - measured / rows,
    concat(rows - measured, ' of ', rows, ' translated rows were not measured by ', signal)
FROM shares WHERE reason IS NULL
ORDER BY ALL

-- What share of a config's translated rows is flagged by a signal, and what share was never measured?
--
-- facts   every row of one config    tiers  config, tier
-- limits  signal, below: a row is flagged where the signal is below it    $signals  these, in the order of quality
WITH measured AS (
    SELECT config, task, unnest(quality)
    FROM facts
    WHERE origin != 'original' AND config != 'english'
),
translated AS (
    SELECT config, tier, task, unnest($signals) AS signal, unnest(list_value(*COLUMNS($signals))) AS value
    FROM measured
    JOIN tiers USING (config)
),
shares AS (
    SELECT
        config, tier, signal,
        count(*) AS rows,
        count(value) AS measured,
        count(*) FILTER (value < limits.below) AS flagged
    FROM translated
    JOIN limits USING (signal)
    WHERE signal != 'options' OR task = 'mcqa'
    GROUP BY ALL
)
SELECT
    concat(signal, '_', tier) AS measure, config, NULL::VARCHAR AS split, signal AS id,
    flagged / nullif(measured, 0) AS observed,
    concat(flagged, ' of ', measured, ' measured rows are flagged by ', signal) AS detail
FROM shares
UNION ALL
SELECT
    'unmeasured', config, NULL, signal, 1 - measured / rows,
    concat(rows - measured, ' of ', rows, ' translated rows were not measured by ', signal)
FROM shares
ORDER BY ALL

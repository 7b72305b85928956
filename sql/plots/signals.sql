-- What share of a language's measured rows lies in each of $bins equal parts of a signal's range? Values outside the
-- range count in the first or the last part.
--
-- facts  every row of one config    ranges  signal, low, high
WITH value AS (
    UNPIVOT (SELECT config, unnest(quality) FROM facts)
    ON COLUMNS(* EXCLUDE (config, critical, reasons))
    INTO NAME signal VALUE value
)
SELECT
    signal, config,
    greatest(0, least($bins - 1, floor((value - low) / (high - low) * $bins)))::BIGINT AS bin,
    (sum(count(*)) OVER (PARTITION BY signal, config))::BIGINT AS measured,
    count(*) / measured AS share
FROM value
JOIN ranges USING (signal)
GROUP BY signal, config, bin
ORDER BY ALL

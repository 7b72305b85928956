-- What share of a language's rows has each origin?
--
-- facts  every row of one config
SELECT
    config, origin,
    (sum(count(*)) OVER (PARTITION BY config))::BIGINT AS rows,
    count(*) / rows AS share
FROM facts
GROUP BY config, origin
ORDER BY ALL

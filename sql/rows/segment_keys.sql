-- What is the key of each text? The first 128 bits of its SHA-256, in hex; `memory_key` is that of the normalised text.
SELECT
    * EXCLUDE (exact, normalised),
    substr(sha256(exact), 1, 32) AS key,
    substr(sha256(normalised), 1, 32) AS memory_key
FROM texts

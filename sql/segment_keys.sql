-- Which segment is which: the first 128 bits of the SHA-256 of the normalised text, in hex.
SELECT * EXCLUDE (normalised), substr(sha256(normalised), 1, 32) AS key
FROM texts

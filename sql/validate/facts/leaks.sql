-- What are the pairs of similar questions of one config, the held-out row's place, and was one machine-translated?
--
-- pairs  id_a (in train), id_b, split_b, similarity, kind    facts  every row of the config
SELECT
    pairs.config, pairs.split_b AS split, pairs.id_b AS id, pairs.id_a AS trained, pairs.similarity,
    'machine' IN (trained.origin, held.origin) AS machine
FROM pairs
JOIN facts AS trained ON trained.config = pairs.config AND trained.id = pairs.id_a
JOIN facts AS held ON held.config = pairs.config AND held.id = pairs.id_b
WHERE pairs.kind = 'near'
ORDER BY ALL

-- Which pairs of similar questions have one side in training and the other in validation or test?
--
-- pairs  id_a, id_b, similarity    texts  id, split, source, text (folded) of one config's rows    $config  its name
WITH sides AS (
    SELECT id_a AS trained, id_b AS held_out, similarity FROM pairs
    UNION ALL
    SELECT id_b, id_a, similarity FROM pairs
)
SELECT
    $config AS config,
    a.id AS id_a, a.split AS split_a, a.source AS source_a,
    b.id AS id_b, b.split AS split_b, b.source AS source_b,
    similarity,
    CASE WHEN a.text = b.text THEN 'exact' ELSE 'near' END AS kind
FROM sides
JOIN texts AS a ON a.id = trained AND a.split = 'train'
JOIN texts AS b ON b.id = held_out AND b.split != 'train'
ORDER BY id_a, id_b

-- Which known issues are past their date?
SELECT config, NULL::VARCHAR AS split, id, concat(suite, '/', "check", ' was accepted until ', until) AS detail
FROM batch
WHERE expired

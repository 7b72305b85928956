-- What are the first differing rows of each source, by kind of change and by column?
--
-- differences  config, id, source, kind, cells (name, old, new)    $examples  how many of each
SELECT config, source, kind, id, cell.name AS "column", cell.old, cell.new
FROM (SELECT config, source, kind, id, unnest(CASE WHEN len(cells) > 0 THEN cells ELSE [NULL] END) AS cell FROM differences)
QUALIFY row_number() OVER (PARTITION BY config, source, kind, cell.name ORDER BY id) <= $examples
ORDER BY config, source, kind, "column", id

-- Which of the rows that are found are on a page? In the order of the files.
SELECT
    file, left(id, 1000) AS id, left(language, 100) AS language, left(task, 100) AS task, left(source, 100) AS source,
    left(status, 100) AS status, left(critical, 100) AS critical, answer, shown, COLUMNS('^cell_[0-9]+$')
FROM found($language, $task, $source, $status, $text)
LIMIT $limit OFFSET $start

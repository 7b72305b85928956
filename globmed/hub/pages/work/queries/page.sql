-- Which of the rows that are found are on a page? In the order of the files.
SELECT file, id, language, task, source, status, critical, answer, shown, COLUMNS('^cell_[0-9]+$')
FROM found($language, $task, $source, $status, $text)
LIMIT $limit OFFSET $start

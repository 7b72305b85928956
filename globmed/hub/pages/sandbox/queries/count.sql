-- How many rows are found?
SELECT count(*) FROM found($language, $task, $source, $status, $text)

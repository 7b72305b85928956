-- What is the outcome of every item in every language of every run? Only codes: the places in the frames.
--
-- $files  results.parquet of every run    $tasks  the tasks that are compared
-- runs  run, model and how it was asked    places  language, place    items  id, item
-- outcomes  outcome, code    answers  answer, letter
SELECT
    runs.run, places.place, items.item, outcomes.code,
    coalesce(answers.letter, -1)::SMALLINT AS letter
FROM read_parquet($files) AS results
JOIN runs
    ON results.model = runs.model
    AND results.method = runs.method
    AND results.style = runs.style
    AND results.shots = runs.shots
    AND results.revision IS NOT DISTINCT FROM runs.revision
LEFT JOIN places ON results.language = places.language
JOIN items ON results.id = items.id
LEFT JOIN outcomes ON results.outcome = outcomes.outcome
LEFT JOIN answers ON results.parsed = answers.answer
WHERE list_contains($tasks, results.task)

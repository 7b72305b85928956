"""Structure: are the files, fields, ids, labels and answers those of `globmed.schema`?"""

from validation.suites.suite import Check, Suite

_FAULTS = {
    "schema": "every file has the columns and types of globmed/schema.py",
    "empty": "every file has rows",
    "config_unknown": "every folder is a config of globmed/languages.toml",
    "split_unknown": "every file is of a known split",
    "id_repeated": "an id has one row in a config",
    "id_form": "an id begins with its source and split",
    "language": "a row is in the language of its config",
    "task_unknown": "the task is a known one",
    "origin_unknown": "the origin is a known one",
    "required_missing": "id, language, source, provenance, quality and review are there",
    "text_missing": "the texts that the task needs are there",
    "other_task": "no field of another task is filled",
    "label_order": "options are labelled A, B and so on, two or more",
    "answer_unknown": "the answer is one that the task or its options allow",
    "answer_missing": "a long-form question has its long answer",
    "signal_range": "a signal is a number that it can be, or null",
}

SUITE = Suite(
    "structure",
    "faults",
    tuple(Check(name, says, "fault", parameters={"fault": name}) for name, says in _FAULTS.items()),
)

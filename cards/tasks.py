"""Names of the tasks in the cards and on the Hub."""

TASK_CATEGORIES = {
    "mcqa": "multiple-choice",
    "yesno": "question-answering",
    "nli": "text-classification",
    "lfqa": "question-answering",
}
TASK_NAMES = {
    "mcqa": "multiple choice",
    "yesno": "yes or no",
    "nli": "natural language inference",
    "lfqa": "long answers",
}

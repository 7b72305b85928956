"""What the cards and the Hub call the tasks."""

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

"""Questions that point at what is not there, and those that only sound so."""

import pytest

from builders.sources.audit.figures import mentions_figure, missing_figure

Case = tuple[str, str | None]
MISSING: list[Case] = [
    ("en", "Name the structure in the figure shown below."),
    ("en", "A photograph of the nail is shown. What is it?"),
    ("en", "A chest x-ray is performed and shown below. What is the cause?"),
    ("en", "An x\u2011ray of the wrist is shown. What broke?"),
    ("en", "An MRI is performed (see image). What is next?"),
    ("en", "The following lesion is on his scalp (see image). What is it?"),
    ("en", "Diagnosis of the following ECG is"),
    ("en", "Which muscle moves the part marked with arrow?"),
    ("en", "Which cells are indicated by the white arrows?"),
    ("en", "What happens at point D in the graph?"),
    ("en", "What is the risk, from the table below?"),
    ("en", "She has spots on the heel, as shown. What are they?"),
    ("es", "¿Qué hueso se observa en la imagen?"),
    ("es", "En la radiografía adjunta se ve una fractura. ¿De qué hueso?"),
    ("fr", "Quel os voit-on sur la photo ci-dessous ?"),
    ("fr", "Quel nerf est indiqué par la flèche ?"),
]


@pytest.mark.parametrize(("language", "question"), MISSING)
def test_a_question_about_what_is_not_there_is_found(language: str, question: str | None) -> None:
    assert missing_figure(question, language)


COMPLETE: list[Case] = [
    ("en", "He comes with a clinical picture of colic. What is the cause?"),
    ("en", "Which of the following clinical pictures fits gout?"),
    ("en", "Pressures were figures below 140/90 mmHg. What is next?"),
    ("en", "Laboratory values are shown below. Sodium: 140 Potassium: 4 Chloride: 101"),
    ("en", "The chest radiograph shows a rib that broke. What is next?"),
    ("en", "The results are in the table below: ill and positive 40, ill and negative 10"),
    ("en", "Which treatment has been shown to help?"),
    ("en", "The pulse is felt 2 cm below the knee. Which artery is it?"),
    ("en", "Which of the following radiographs are needed first?"),
    ("en", "Which proteins can exhibit a glow?"),
    ("en", "She lay on the operating table. What is next?"),
    ("en", "What does an ECG show in hyperkalaemia?"),
    ("en", "Blood pressure is lower, as shown by a study of 40 adults. Why?"),
    ("es", "¿Qué prueba de imagen es la primera?"),
    ("es", "La imagen radiográfica es lítica. ¿Qué tumor es?"),
    ("fr", "Quel diagnostic devant ce tableau clinique ?"),
    ("fr", "Elle a une image de soi altérée. Que faire ?"),
    ("de", "Was zeigt die Abbildung unten?"),
    ("en", None),
    ("en", ""),
]


@pytest.mark.parametrize(("language", "question"), COMPLETE)
def test_a_question_that_has_all_it_asks_about_is_left(language: str, question: str | None) -> None:
    assert missing_figure(question, language) is None


TOLD = [
    "Her skin is dry and scales on both elbows (see image). What helps?",
    "The broken bone was set and fixed with a plate (Figure B). What follows?",
    "A chest radiograph, as shown below, reveals a rib that broke. What is next?",
]


@pytest.mark.parametrize("question", TOLD)
def test_a_figure_that_is_told_is_only_mentioned(question: str) -> None:
    assert missing_figure(question, "en") is None
    assert mentions_figure(question, "en")


@pytest.mark.parametrize(("language", "question"), MISSING + COMPLETE)
def test_no_other_question_mentions_one(language: str, question: str | None) -> None:
    assert not mentions_figure(question, language)

"""Portuguese and Spanish are not taken for each other; the texts are the project's own."""

import pytest

from globmed.languages import language
from globmed.languages.identify import FAULT_BELOW, share

TEXTS = {
    "es": [
        "El paciente debe tomar dos comprimidos al día con las comidas.",
        "La fiebre y la tos suelen mejorar en una semana sin tratamiento.",
        "¿Qué vacuna se recomienda a los niños menores de un año?",
        "No se debe interrumpir la medicación aunque desaparezcan los síntomas.",
        "Hipertensión arterial, tabaquismo e hipercolesterolemia en la familia",
    ],
    "pt": [
        "O paciente deve tomar dois comprimidos por dia com as refeições.",
        "A febre e a tosse costumam melhorar em uma semana sem tratamento.",
        "Qual vacina é recomendada para crianças com menos de um ano?",
        "Não se deve interromper a medicação mesmo que os sintomas desapareçam.",
        "A insuficiência renal aguda e a desidratação são complicações da doença",
    ],
}
#: Names that are the same in both, and letters that are names.
NEITHER = ("Diabetes mellitus", "Enfermedad de Behçet", "Na+", "vitamina E", "Crohn", "EM", "IgA e IgG", "São Paulo")


@pytest.mark.parametrize(("expected", "other"), [("es", "pt"), ("pt", "es")])
def test_one_for_the_other_is_found_and_neither_is_taken_for_the_other(expected: str, other: str) -> None:
    right = [share(text, language(expected)) for text in TEXTS[expected]]
    wrong = [share(text, language(expected)) for text in TEXTS[other]]
    assert all(value is None or value >= FAULT_BELOW for value in right), right
    assert all(value is not None and value < FAULT_BELOW for value in wrong), wrong


@pytest.mark.parametrize("expected", ["es", "pt"])
@pytest.mark.parametrize("text", NEITHER)
def test_names_are_of_neither(expected: str, text: str) -> None:
    assert share(text, language(expected)) is None


def test_a_language_without_a_similar_one_is_judged_as_before() -> None:
    assert share(TEXTS["es"][0], language("fr")) == 0
    assert share("court", language("fr")) is None

"""The option that an explanation states."""

import pytest

from builders.sources.audit.stated import stated_letter, stated_option


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("Ans. is 'c' i.e., the spleen", "C"),
        ("Ans: B", "B"),
        ("Answer is (d) the liver", "D"),
        ("The correct option is a) iron", "A"),
        ("Ans. (a) and later: answer- A", "A"),
        ("Answer A. It is iron.", "A"),
        ("The answer is a virus", None),
        ("Ans. is 'a'. Ans. is 'b'.", None),
        ("Answers differ by country", None),
        ("An answer by Abel", None),
        ("", None),
        (None, None),
    ],
)
def test_the_letter_that_an_explanation_states(text: str | None, letter: str | None) -> None:
    assert stated_letter(text) == letter


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("The correct answer is 3.", "C"),
        ("Por ello la respuesta correcta es la 2", "B"),
        ("La bonne réponse est la 4 : l'iode.", "D"),
        ("The correct answer is number 1, as B is rare.", "A"),
        ("It could also be the correct answer 2.", None),
        ("Elle pourrait aussi être la bonne réponse 2", None),
        ("The correct answer is 5 mg of it.", None),
        ("The correct answer is 2.5", None),
        ("The correct answer is 2. Later: the correct answer is 3.", None),
        ("Ans. is 'b'. The correct answer is 2", "B"),
        ("Ans. is 'b'. The correct answer is 3", None),
        ("Option 3 is tempting", None),
        ("Answer C is wrong", None),
        ("", None),
        (None, None),
    ],
)
def test_the_option_that_an_explanation_states(text: str | None, option: str | None) -> None:
    assert stated_option(text) == option

"""The terminology signal fires where a term has another translation, and not where it is only inflected."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from globmed.languages import language
from validation.signals.evidence.terminology import terminology, terminology_fault

Terms = list[tuple[str, str]]


def score(source: str, target: str, terms: Terms, tag: str, source_tag: str = "en") -> tuple[float | None, bool]:
    glossary = pl.DataFrame(terms, schema={"source": pl.String, "target": pl.String}, orient="row")
    scored = terminology(pl.Series([source]), pl.Series([target]), glossary, language(source_tag), language(tag))
    return scored["terminology"][0], terminology_fault(scored)[0]


@pytest.mark.parametrize(
    ("tag", "terms", "source", "kept", "lost"),
    [
        (
            "fr",
            [("heart failure", "insuffisance cardiaque")],
            "Heart failures.",
            "Insuffisances cardiaques.",
            "Une panne.",
        ),
        ("es", [("infection", "infección")], "Infections occur.", "Hay infecciones.", "Hay contagios."),
        ("pt", [("biopsy", "biópsia")], "Two biopsies.", "Duas BIÓPSIAS.", "Duas amostras."),
        ("de", [("kidney", "Niere")], "Both kidneys.", "Beide Nieren.", "Beide Lebern."),
        ("sw", [("patient", "mgonjwa")], "The patients ate.", "Wagonjwa walikula.", "Watu walikula."),
        ("zu", [("hospital", "isibhedlela")], "At the hospital.", "Esibhedlela.", "Ekhaya."),
        ("wo", [("fever", "yaram wu tàng")], "She has a fever.", "Yaramam wu tang la.", "Dafa sonn."),
        ("yo", [("doctor", "dókítà")], "The doctor came.", "Dokita náà dé.", "Ọkùnrin náà dé."),
        ("yo", [("eye", "ojú")], "Her eye hurts.", "Oju ń dùn ún.", "Ojúmọ́ ti mọ́."),
        ("zh", [("kidney stone", "肾结石")], "Kidney stones.", "他有肾结石。", "他有肾病。"),
        ("ja", [("kidney stone", "腎臓結石")], "A kidney stone.", "腎臓結石がある。", "腎臓病がある。"),
        ("ko", [("blood pressure", "혈압")], "Blood pressure rose.", "혈압이 올랐다.", "피가 올랐다."),
        ("ko", [("side effect", "부 작용")], "Side effects.", "부작용이 있다.", "효과가 있다."),
    ],
)
def test_an_inflected_term_is_kept_and_another_word_is_not(
    tag: str, terms: Terms, source: str, kept: str, lost: str
) -> None:
    assert score(source, kept, terms, tag) == (1.0, False)
    assert score(source, lost, terms, tag) == (0.0, False)  # one term alone raises no flag


def test_two_lost_terms_are_a_fault_and_one_of_two_is_none() -> None:
    terms = [("kidney", "figo"), ("liver", "ini la mtu")]
    assert score("The kidney and the liver.", "Moyo na pafu.", terms, "sw") == (0.0, True)
    assert score("The kidney and the liver.", "Figo na pafu.", terms, "sw") == (0.5, False)
    assert score("The lung and the heart.", "Figo na pafu.", terms, "sw") == (None, False)


def test_any_agreed_translation_will_do() -> None:
    terms = [("stroke", "kiharusi"), ("Stroke", "shambulio la ubongo")]
    for told in ("Alipata kiharusi.", "Alipata shambulio la ubongo."):
        assert score("He had a stroke.", told, terms, "sw") == (1.0, False)


def test_the_longest_term_counts_and_neighbours_share_no_space() -> None:
    terms = [("blood", "sang"), ("blood pressure", "tension"), ("chart", "courbe")]
    assert score("The blood pressure chart.", "La courbe de tension.", terms, "fr") == (1.0, False)


def test_a_part_of_a_word_is_no_term() -> None:
    assert score("The artist is smart.", "Kein Treffer.", [("art", "Kunst")], "de") == (None, False)


def test_the_capitals_of_an_acronym_count() -> None:
    terms = [("WHO", "OMS"), ("ICU", "USI")]
    assert score("Patients who drink.", "Les buveurs.", terms, "fr") == (None, False)
    assert score("WHO visits ICUs.", "L'OMS visite les USI.", terms, "fr") == (1.0, False)


def test_a_term_of_a_language_without_spaces_is_found() -> None:
    assert score("他有肾结石。", "He has a kidney stone.", [("肾结石", "kidney stone")], "en", "zh") == (1.0, False)


TEXT = st.text(max_size=12)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5), st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_any_text_is_scored(pairs: Terms, terms: Terms) -> None:
    schema = {"source": pl.String, "target": pl.String}
    frame, glossary = (pl.DataFrame(rows, schema=schema, orient="row") for rows in (pairs, terms))
    for tag in ("sw", "zh", "fr"):
        scored = terminology(frame["source"], frame["target"], glossary, language("en"), language(tag))
        assert scored.height == len(pairs)
        assert scored["terminology"].drop_nulls().is_between(0, 1).all()


def test_an_absent_translation_has_none_of_the_terms() -> None:
    glossary = pl.DataFrame({"source": ["kidney"], "target": ["figo"]})
    absent = pl.Series([None], dtype=pl.String)
    scored = terminology(pl.Series(["A kidney."]), absent, glossary, language("en"), language("sw"))
    assert scored["terminology"].to_list() == [0.0]

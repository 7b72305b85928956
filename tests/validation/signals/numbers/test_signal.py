"""Numbers, units and comparisons: what has to fire and what must not, in every language."""

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from globmed.languages import ENGLISH, language
from validation.signals.numbers.signal import agrees, numbers

DOSE = "Take 5 mg twice a day for two weeks if the level is < 7.5 mmol/L."
#: The sentence above as people would write it.
DOSES = {
    "fr": "Prenez 5 mg deux fois par jour pendant deux semaines si le taux est < 7,5 mmol/L.",
    "de": "Nehmen Sie zwei Wochen lang zweimal täglich 5 mg ein, wenn der Wert < 7,5 mmol/L ist.",
    "es": "Tome 5 mg dos veces al día durante dos semanas si el nivel es < 7,5 mmol/L.",
    "pt": "Tome 5 mg duas vezes ao dia durante duas semanas se o nível for < 7,5 mmol/L.",
    "sw": "Meza miligramu 5 mara mbili kwa siku kwa wiki mbili ikiwa kiwango ni < 7.5 mmol/L.",
    "zu": "Thatha u-5 mg kabili ngosuku amaviki amabili uma izinga lingu- < 7.5 mmol/L.",
    "wo": "Jëlal 5 mg ñaari yoon bés bu nekk diirub ñaari ayu-bis su tolluwaay bi nekkee < 7,5 mmol/L.",
    "yo": "Lo miligiramu 5 lẹ́ẹ̀mejì lójúmọ́ fún ọ̀sẹ̀ méjì bí ìwọ̀n náà bá jẹ́ < 7.5 mmol/L.",
    "zh": "如果水平 < 7.5 mmol/L，每天两次，每次5毫克，连服两周。",
    "ja": "値が < 7.5 mmol/L の場合、5ミリグラムを1日2回、2週間服用してください。",
    "ko": "수치가 < 7.5 mmol/L이면 5밀리그램을 하루 두 번 2주간 복용하십시오.",
}
UNIT = {"sw": "miligramu", "yo": "miligiramu", "zh": "毫克", "ja": "ミリグラム", "ko": "밀리그램"}
OTHER_UNIT = {"sw": "gramu", "yo": "giraamu", "zh": "微克", "ja": "グラム", "ko": "그램"}

#: Pairs that agree: (target language, source, target).
AGREE = [
    ("es", "500 nurses have left since the war began in 2014", "desde que empezó la guerra en 2014, 500 se han ido"),
    ("fr", "A 52-year-old came at 6.40 am.", "À 6 h 40, une femme de 52 ans est venue."),
    ("pt", "closed for 6 weeks after a survey of 38 wards", "após um inquérito a 38 enfermarias, fechados 6 semanas"),
    ("sw", "The $15 million Omega 2 clinic has 300 beds.", "Kliniki ya Omega 2 ya dola milioni 15 ina vitanda 300."),
    ("pt", "on Radio 4 on Sunday at 11:15", "na Rádio 4 no domingo às 11h15"),
    ("es", "He is 100 percent certain of it.", "Está completamente seguro de ello."),
    ("pt", "The clinic is No. 1 in the country.", "A clínica é a melhor do país."),
    ("es", "It should not be more than 20 minutes.", "No debe durar más de 20 minutos."),
    ("fr", "the SS19 collection", "la collection printemps-été 2019"),
    ("ko", "The nurse, 52, came in March.", "52세인 간호사는 3월에 왔다."),
    ("ja", "Call 142 857 at any time.", "いつでも142 857 に電話してください。"),
    ("sw", "Canada gave $275 million.", "Kanada ilitoa milioni dola 275."),
    ("yo", "380,000 people", "ẹgbẹ̀rún-lọ́nà-irinwódínlógún ènìyàn"),
    ("yo", "384 people", "ènìyàn irinwó-dínní-mẹ́rìndínlógún"),
    ("yo", "19 million people", "mílíọ̀nù mọ́kàndínlógún ènìyàn"),
    ("yo", "649 people", "ènìyàn ẹgbẹ̀ta-léní-mọ́kàndínláàádọ́ta"),
    ("yo", "40,000 people", "ẹgbẹ̀rún lọ́nà ogójì ènìyàn"),
    ("yo", "100,000 people", "ẹgbẹ̀rún lọ́nà ọgọ́ọ̀rún ènìyàn"),
    ("yo", "a 20-year-old man", "ọkùnrin ẹni ogún ọdún kan"),
    ("yo", "95 patients", "aláìsàn márùndínlọ́gọ́rùn"),
    ("yo", "1.5 million doses", "mílíọ̀nù kan àti ààbọ̀ òògùn"),
    ("sw", "200 million people", "watu milioni mia mbili"),
    ("ja", "18- to 29-year-old women", "18歳から29歳までの女性"),
    ("sw", "Take 5, 10 mg of it.", "Meza 5 mg, 10 mg."),
    ("sw", "for 55, 60 minutes", "kwa dakika 55, 60"),
    ("ko", "On September 4, 60 days later", "60일 후인 9월 4일에"),
    ("ko", "In 2020, 60 days", "2020년, 60일"),
    ("fr", "40 deaths and more than 300 cases", "40 décès et plus de 300 cas"),
    ("fr", "people aged 65 and more", "les personnes de 65 ans et plus"),
    ("fr", "It affected 1,200 people.", "Cela a touché 1 200 personnes."),
    ("fr", "It affected 12,500 people.", "Cela a touché 12\u202f500 personnes."),
    ("de", "It affected 1,200 people.", "Es betraf 1.200 Menschen."),
    ("es", "It affected 1,200 people.", "Afectó a 1,200 personas."),
    ("es", "It affected 1,200 people.", "Afectó a 1.200 personas."),
    ("pt", "About 1,00,000 tests were made.", "Foram feitos cerca de 100.000 testes."),
    ("de", "A dose of 0.5 g", "Eine Dosis von 0,5 g"),
    ("yo", "I take one tablet a day.", "Mò ń lo hóró oògùn kan lójúmọ́."),
    ("ja", "35% of 20 patients", "20人の患者の３５％"),
    ("zh", "5 percent of them", "其中百分之五"),
    ("sw", "5 percent of them", "asilimia 5 kati yao"),
    ("yo", "70 percent of them", "ìdá àádọ́rin nínú ọgọ́rùn-ún wọn"),
    ("fr", "4 million doses", "4 millions de doses"),
    ("zh", "4 million doses", "400万剂"),
    ("ko", "150 million doses", "1억 5천만 회분"),
    ("sw", "4 million doses", "dozi milioni 4"),
    ("es", "9 billion doses", "9 mil millones de dosis"),
    ("zu", "4 million doses", "imithamo eyizigidi ezingu-4"),
    ("zh", "at 36.5-37.5 °C", "在36.5到37.5摄氏度"),
    ("de", "for 5-10 days", "5 bis 10 Tage lang"),
    ("sw", "for 5 to 10 days", "kwa siku 5 hadi 10"),
    ("fr", "1.5 × 10^9 cells", "1,5 × 10⁹ cellules"),
    ("pt", "10³ copies", "10^3 cópias"),
    ("ko", "on 5 December 2020", "2020년 12월 5일에"),
    ("de", "on October 1", "am 1. Oktober"),
    ("de", "10 000 IU", "10.000 IE"),
    ("ja", "type 2 diabetes", "II型糖尿病"),
    ("fr", "at 3 p.m.", "à 15 h"),
    ("sw", "at 7 a.m.", "saa 1 asubuhi"),
    ("fr", "the 19th week", "la 19e semaine"),
    ("ja", "the 3rd dose", "第3回接種"),
    ("zh", "in the 1990s", "20世纪90年代"),
    ("es", "in the 19th century", "en el siglo XIX"),
    ("de", "25 tablets", "fünfundzwanzig Tabletten"),
    ("fr", "77 patients", "soixante-dix-sept patients"),
    ("yo", "35 patients", "àwọn aláìsàn márùn-úndínlógójì"),
    ("zu", "17 patients", "iziguli eziyishumi nesikhombisa"),
    ("wo", "7 patients", "juróom-ñaari feebarkat"),
    ("ko", "for three weeks", "3주간"),
    ("ja", "aged ≥65 years", "65歳以上"),
    ("fr", "no more than 20 minutes", "20 minutes au maximum"),
    ("de", "IL-6 and COVID-19", "IL-6 und COVID-19"),
    ("zh", "body mass index of 25 kg/m²", "体重指数为25 kg/m2"),
    ("fr", "In one study nobody improved.", "Dans une étude, personne ne s'est amélioré."),
    ("fr", "patients with COVID-19", "les malades de la COVID"),
    ("fr", "at 10:30", "à 10 heures et demie"),
    ("pt", "at 14:30", "às 2:30 da tarde"),
    ("fr", "A level < 5 or > 5 is unusual.", "Un taux > 5 ou < 5 est inhabituel."),
    ("fr", "Thirty children slept.", "Une trentaine d'enfants dormaient."),
    ("de", "Give 5 mg or 10 mg.", "5 oder 10 mg geben."),
]

#: Pairs that do not: (target language, source, target, reason).
DISAGREE = [
    ("es", "In 2014, 500 nurses left", "En 500 se fueron 2014 enfermeras", "order_changed"),
    ("pt", "on 12 May 2013, 40 cases", "em 2013 de maio de 12, 40 casos", "order_changed"),
    ("fr", "A man of 20 came at 11:30.", "Un homme de 11 ans est venu à 20 h 30.", "order_changed"),
    ("pt", "closed for 6 weeks in 38 wards", "fechados 38 semanas em 6 enfermarias", "order_changed"),
    ("fr", "a dose of 5 mg, then a dose of 10 mg", "une dose de 10 mg, puis une dose de 5 mg", "order_changed"),
    ("es", "Use amoxicillin 500 mg, metformin 850 mg.", "Use amoxicilina 850 mg, metformina 500 mg.", "order_changed"),
    ("fr", "Not in children under 6 years.", "Pas chez les enfants de plus de 6 ans.", "comparison_changed"),
    ("es", "Give 100 percent oxygen.", "Administre oxígeno.", "number_missing"),
    ("yo", "384 people", "ènìyàn irinwó-dínní-mẹ́rìnlélógún", "number_missing"),
    ("yo", "19 million people", "mílíọ̀nù mọ́kànlélógún ènìyàn", "number_missing"),
    ("yo", "21 people", "ènìyàn ogún kan", "number_missing"),
    ("sw", "200 million people", "watu milioni mia tatu", "number_missing"),
    ("yo", "1.5 million doses", "mílíọ̀nù méjì àti ààbọ̀ òògùn", "number_missing"),
    ("de", "It affected 1,200 people.", "Es betraf 12.000 Menschen.", "number_changed"),
    ("de", "A dose of 1,200 mg", "Eine Dosis von 1,200 mg", "number_changed"),
    ("fr", "A dose of 0.5 mg", "Une dose de 5 mg", "number_changed"),
    ("fr", "A dose of 15 mg", "Une dose de 4 mg", "number_changed"),
    ("es", "Taken at 1400 GMT.", "Tomada a las 15:00 GMT.", "number_changed"),
    ("es", "Taken at 1230 GMT.", "Tomada a las 11:30 GMT.", "number_changed"),
    ("es", "Give 5 mg/kg per day.", "Administre 50 mg/kg al día.", "number_changed"),
    ("pt", "Give 5 mg and 10 mg.", "Dê 5 mg.", "number_missing"),
    ("sw", "Give 5 mg.", "Toa miligramu 5 kwa siku 3.", "number_added"),
    ("ko", "20.4 million doses", "204만 회분", "number_changed"),
    ("zh", "two weeks", "3周", "number_changed"),
    ("sw", "for two weeks", "kwa wiki tatu", "number_changed"),
    ("ja", "after five weeks", "1週間後", "number_changed"),
    ("de", "on October 1", "am 10. Oktober", "number_changed"),
    ("fr", "3 to 5 mg", "3,5 mg", "number_changed"),
    ("fr", "at 8 a.m.", "à 20 h", "number_changed"),
    ("fr", "stage III", "stade II", "number_changed"),
    ("fr", "IL-6 was raised.", "L'IL-8 était élevée.", "number_changed"),
    ("fr", "Give 5 mg.", "Donnez 5 µg.", "unit_changed"),
    ("zu", "Give 5 mg.", "Nikeza u-5 mcg.", "unit_changed"),
    ("es", "Give 5 mg.", "Administre 5.", "unit_changed"),
    ("pt", "for 5 days", "por 5 semanas", "unit_changed"),
    ("de", "at 37 °C", "bei 37 °F", "unit_changed"),
    ("fr", "a level > 5", "un taux < 5", "comparison_changed"),
    ("wo", "aged ≥65 years", "65 at", "comparison_changed"),
    ("yo", "aged < 5 years", "ọdún 5 > ", "comparison_changed"),
    ("zh", "less than 5 mg", "超过5毫克", "comparison_changed"),
    ("ja", "more than 5 days", "5日未満", "comparison_changed"),
    ("ko", "at −20 °C", "20 °C에서", "comparison_changed"),
    ("es", "10 miles away", "a 18 km", "number_changed"),
    ("ja", "18- to 29-year-old women", "18週から29歳までの女性", "unit_changed"),
    ("sw", "Take 5, 10 or 20 mg.", "Meza g 5, 10 au 20.", "unit_changed"),
    ("sw", "Take 5, 10 mg of it.", "Meza 5 g, 10 mg.", "unit_changed"),
    ("sw", "for 55, 60 minutes", "kwa saa 55, 60", "unit_changed"),
    ("ko", "for 55, 60 minutes", "55시간, 60분 동안", "unit_changed"),
    ("fr", "40 deaths and more than 300 cases", "40 décès et moins de 300 cas", "comparison_changed"),
]

#: A length, a weight or a temperature that is right in the other system: (target language, source, target).
CONVERTED = [
    ("es", "10 miles away", "a 16 km"),
    ("es", "16 km away", "a 10 millas"),
    ("de", "about 200 miles away", "etwa 320 km entfernt"),
    ("fr", "a mast of 5 feet", "un mât de 1,5 m"),
    ("pt", "2 to 4 inches of snow", "5 a 10 centímetros de neve"),
    ("de", "He weighs 150 pounds.", "Er wiegt 68 kg."),
    ("fr", "a fever of 100.4 °F", "une fièvre de 38 °C"),
    ("fr", "a fever of 100.4 °F", "une fièvre de 38 degrés"),
    ("fr", "Keep it at 32 °F.", "À conserver à 0 °C."),
    ("es", "60 miles per hour", "97 km por hora"),
    ("es", "a fever of 39 °C", "una fiebre de 102,2 °F"),
    ("sw", "It is 45 miles (72 kilometers) away.", "Iko umbali wa kilomita 72."),
    ("zh", "10 miles away", "10英里（16公里）外"),
]
#: No conversion, or none that is right.
MISCONVERTED = [
    ("es", "10 miles away", "a 16 millas"),
    ("es", "10 miles away", "a 17 km"),
    ("es", "10 miles away", "a 160 km"),
    ("es", "10 miles away", "a 20 km"),
    ("es", "more than 10 miles away", "a menos de 16 km"),
    ("fr", "Keep 6 feet apart.", "Restez à 2 m."),
    ("fr", "a fever of 100.4 °F", "une fièvre de 40 °C"),
    ("fr", "bent by 90 degrees", "plié à 32 degrés"),
    ("fr", "Take 1000 mg.", "Prenez 1 g."),
    ("de", "Take 1000 mcg.", "Nehmen Sie 1 mg."),
    ("pt", "Give 2 mL.", "Dê 0,002 L."),
    ("es", "10 miles and 5 mg", "16 km y 50 mg"),
    ("sw", "It is 45 miles (80 kilometers) away.", "Iko umbali wa kilomita 80."),
    ("es", "10 miles away", "a 16,3 km"),
    ("es", "60 miles per hour", "97 km al día"),
    ("fr", "a fever of 103 °F", "une fièvre de 40 °C"),
    ("fr", "at −41 °F", "à 5 °C"),
    ("fr", "at 41 °F", "à −5 °C"),
    ("fr", "at 100.4 °F", "à 38 cm"),
    ("fr", "at 39 °C", "à 102,2 cm"),
    ("fr", "Give 100.4 mg.", "Donner 38 °C."),
    ("fr", "Give 39 mg.", "Donner 102,2 °F."),
    ("fr", "Give 10 mg.", "Donner 16 km."),
    ("fr", "Give 16 mg.", "Donner 10 miles."),
    ("fr", "16 km away", "à 10 mg"),
]


@pytest.mark.parametrize("tag", DOSES)
def test_a_good_dose_agrees(tag: str) -> None:
    assert _reasons(DOSE, DOSES[tag], tag) == []


@pytest.mark.parametrize("tag", DOSES)
@pytest.mark.parametrize(("old", "new"), [("5", "50"), ("5", "6"), ("7.5", "75"), ("7.5", "0.75")])
def test_a_changed_dose_fires(tag: str, old: str, new: str) -> None:
    mark = language(tag).decimal_mark
    good, bad = old.replace(".", mark), new.replace(".", mark)
    target = re.sub(rf"(?<![\d.,]){re.escape(good)}(?!\d)", bad, DOSES[tag], count=1)
    assert target != DOSES[tag]
    assert _reasons(DOSE, target, tag)[0] in ("number_changed", "number_missing")


@pytest.mark.parametrize("tag", DOSES)
def test_a_changed_unit_fires(tag: str) -> None:
    target = DOSES[tag].replace(UNIT.get(tag, "mg"), OTHER_UNIT.get(tag, "mcg"))
    assert _reasons(DOSE, target, tag) == ["unit_changed"]


@pytest.mark.parametrize("tag", DOSES)
def test_a_flipped_comparison_fires(tag: str) -> None:
    assert _reasons(DOSE, DOSES[tag].replace("<", ">"), tag) == ["comparison_changed"]


@pytest.mark.parametrize(("tag", "source", "target"), AGREE)
def test_agrees(tag: str, source: str, target: str) -> None:
    assert _reasons(source, target, tag) == []


@pytest.mark.parametrize(("tag", "source", "target", "reason"), DISAGREE)
def test_disagrees(tag: str, source: str, target: str, reason: str) -> None:
    assert reason in _reasons(source, target, tag)


@pytest.mark.parametrize(("tag", "source", "target"), CONVERTED)
def test_a_conversion_that_is_right_is_reported_alone(tag: str, source: str, target: str) -> None:
    assert _reasons(source, target, tag) == ["converted"]
    assert not _critical(source, target, tag)


@pytest.mark.parametrize(("tag", "source", "target"), MISCONVERTED)
def test_another_conversion_is_critical(tag: str, source: str, target: str) -> None:
    assert _critical(source, target, tag)


@given(st.integers(2, 99_999), st.sampled_from(sorted(DOSES)))
def test_ten_times_the_dose_always_fires(dose: int, tag: str) -> None:
    source = f"Give {dose} mg."
    assert agrees(source, f"{dose} mg.", language(ENGLISH), language(tag))
    assert not agrees(source, f"{dose}0 mg.", language(ENGLISH), language(tag))
    assert not agrees(f"Give {dose}0 mg.", f"{dose} mg.", language(ENGLISH), language(tag))


@given(st.lists(st.integers(2, 500), min_size=1, max_size=6, unique=True), st.sampled_from(sorted(DOSES)))
def test_a_column_reads_as_its_texts_do(values: list[int], tag: str) -> None:
    source = "; ".join(f"{value} mg" for value in values)
    target = "; ".join(f"{value} mg" for value in reversed(values[1:]))
    frame = numbers(pl.Series([source, source]), pl.Series([source, target]), language(ENGLISH), language(tag))
    assert frame["critical"].to_list() == [False, True]
    assert not agrees(source, target, language(ENGLISH), language(tag))


#: (target language, source, target, what is missing, what was added, the reasons).
NAMED = [
    ("fr", "IL-6 was raised; give 5 mg.", "L'IL-8 monte ; donner 50 mg.", ["5", "6"], ["50", "8"], "number_changed"),
    ("fr", "Give 5 mg to two children.", "Donner 50 mg à 3 enfants.", ["5", "two"], ["50", "3"], "number_changed"),
    ("fr", "Give 5 mg for 2 days.", "Donner 5 mg.", ["2"], [], "number_missing"),
    ("fr", "Take two in the morning and two at night.", "Prenez-en deux, 3 fois par jour.", [], ["3"], "number_added"),
    ("fr", "Wait two weeks.", "Attendre 3 semaines, puis 1 semaine.", ["two"], ["3"], "number_changed"),
    ("sw", "5, 10 or 20 mg, 3 mL", "miligramu 5,10 au 20, mililita 30", ["3"], ["30"], "number_changed"),
]


@pytest.mark.parametrize(("tag", "source", "target", "missing", "added", "reason"), NAMED)
def test_what_is_missing_and_added_is_named(
    tag: str, source: str, target: str, missing: list[str], added: list[str], reason: str
) -> None:
    frame = numbers(pl.Series([source]), pl.Series([target]), language(ENGLISH), language(tag))
    assert frame.select("missing", "added", "reasons").row(0) == (missing, added, [reason])


@pytest.mark.parametrize(
    ("tag", "source", "target", "agreement"),
    [
        ("fr", "Give 5 mg for 2 days.", "Donner 5 mg.", 2 / 3),
        ("sw", "Take 5, 10 or 20 mg and 3 mL.", "Meza miligramu 5,10 au 20 na mililita 30.", 5 / 7),
        ("sw", "for two weeks", "kwa wiki tatu", 1 / 2),
        ("sw", "for two weeks, 5 mg", "kwa wiki tatu, 5 mg", 3 / 4),
        ("fr", "Give 5 mg.", "Donnez 5 µg.", 1 / 2),
        ("fr", "a level > 5", "un taux < 5", 1 / 2),
        ("fr", "It was 120/80.", "Elle était de 80/120.", 3 / 4),
    ],
)
def test_agreement_is_the_share_of_the_numbers_of_both_that_are_right(
    tag: str, source: str, target: str, agreement: float
) -> None:
    """Numbers in digits, and number words that changed, in both texts."""
    frame = numbers(pl.Series([source]), pl.Series([target]), language(ENGLISH), language(tag))
    assert frame["agreement"].item() == pytest.approx(agreement)


def test_columns_of_nulls_and_no_rows() -> None:
    none = pl.Series([None, "5 mg"], dtype=pl.String)
    frame = numbers(none, pl.Series([None, None], dtype=pl.String), language("en"), language("fr"))
    assert frame["critical"].to_list() == [False, True]
    assert frame["agreement"].to_list() == [1.0, 0.0]
    assert numbers(none.head(0), none.head(0), language("en"), language("fr")).height == 0


def _critical(source: str, target: str, tag: str) -> bool:
    return bool(numbers(pl.Series([source]), pl.Series([target]), language(ENGLISH), language(tag))["critical"].item())


def _reasons(source: str, target: str, tag: str) -> list[str]:
    """Return the reasons from the column; the single pair has to say the same."""
    frame = numbers(pl.Series([source]), pl.Series([target]), language(ENGLISH), language(tag))
    reasons: list[str] = frame["reasons"].to_list()[0]
    assert agrees(source, target, language(ENGLISH), language(tag)) == (not reasons)
    return reasons


@given(
    st.lists(st.text("0123456789", min_size=1, max_size=60) | st.sampled_from(" .,-/×^sesthIVXehmg%<"), max_size=12),
    st.sampled_from(sorted(DOSES)),
)
def test_digits_without_end_are_compared_all_the_same(parts: list[str], tag: str) -> None:
    """What a model that got stuck writes."""
    text = "".join(parts)
    assert agrees(text, text, language("en"), language(tag)) in {True, False}
    assert not agrees("Take 5 mg.", "9" * 60, language("en"), language(tag))
    assert agrees("9" * 30 + "s", "9" * 30 + "s", language("en"), language(tag)) in {True, False}


@pytest.mark.parametrize("tag", sorted(DOSES))
@pytest.mark.parametrize(
    "text", ["{} mg", "10^{} cells", "{}/{}", "{} °F", "{}:{}", "{} million", "{}万", "1 ft {} in"]
)
def test_numbers_beyond_the_digits_that_python_converts_are_compared(text: str, tag: str) -> None:
    long, other = (text.replace("{}", digit * 4400) for digit in "12")
    assert agrees(long, long, language("en"), language(tag)) in {True, False}
    assert not agrees(long, other, language("en"), language(tag))


#: A native Spanish text, the English that agrees, and one that does not.
NATIVE = [
    ("Tenía 80 mm de Hg de presión.", "The pressure was 80 mm Hg.", "The pressure was 80 cm."),
    ("Con 60 mm de Hg se detuvo.", "It stopped at 60 mm of Hg.", "It stopped at 66 mm of Hg."),
    ("Pesa 73 kgs y mide 179 cms.", "She weighs 73 kgs and is 179 cms tall.", "She weighs 73 g and is 179 cms tall."),
    ("Bilirrubina de 3,2 mgr/dl.", "Bilirubin of 3.2 mgr/dl.", "Bilirubin of 3.2 g/dl."),
    ("Se disuelve 1 mol de glucosa.", "1 mole of glucose is dissolved.", "1 mg of glucose is dissolved."),
    ("Va en dirección 5´-3´.", "It runs in the 5'-3' direction.", "It runs in the 5'-2' direction."),
    ("Espere al menos hasta el 50%.", "Wait until at least 50%.", "Wait until less than 50%."),
    (
        "Tiene linfocitos CD4 350 cel/mL.",
        "She has CD4 lymphocytes of 350 cells/mL.",
        "She has CD4 lymphocytes of 3500.",
    ),
]


@pytest.mark.parametrize(("source", "right", "wrong"), NATIVE)
def test_native_texts_are_compared_with_their_english(source: str, right: str, wrong: str) -> None:
    both = language("es"), language(ENGLISH)
    found = numbers(pl.Series([source, source]), pl.Series([right, wrong]), *both)
    assert found["critical"].to_list() == [False, True], found["reasons"].to_list()

"""Numbers that changed places, and numbers that a language rightly tells in another order."""

import polars as pl
import pytest

from globmed.languages import ENGLISH, language
from validation.signals.text.facts.roles import AGE, roles
from validation.signals.text.facts.signal import facts

LISTED = ("zh", "ja", "ko", "de")
#: (language, source, sound translation, the same with two numbers that changed places)
SWAPPED = [
    ("zh", "In 2009, 14 patients died.", "2009 年有 14 名患者死亡。", "14 年有 2009 名患者死亡。"),
    ("ja", "In 2009, 14 patients died.", "2009年に14人の患者が死亡した。", "14年に2009人の患者が死亡した。"),
    ("ko", "In 2009, 14 patients died.", "2009년에 환자 14명이 사망했다.", "14년에 환자 2009명이 사망했다."),
    ("de", "In 2009, 14 patients died.", "14 Patienten starben 2009.", "2009 Patienten starben im Jahr 14."),
    ("zh", "The clinic opened on June 12.", "诊所于 6 月 12 日开业。", "诊所于 12 月 6 日开业。"),
    ("ja", "The clinic opened on June 12.", "診療所は6月12日に開院した。", "診療所は12月6日に開院した。"),
    ("ko", "The clinic opened on 12 June.", "진료소는 6월 12일에 문을 열었다.", "진료소는 12월 6일에 문을 열었다."),
    ("zh", "Rest for 2 to 4 hours.", "休息 2 至 4 小时。", "休息 4 至 2 小时。"),
    ("ja", "Rest for 2-4 hours.", "2から4時間休む。", "4から2時間休む。"),
    ("ko", "Rest for 2 to 4 hours.", "2~4시간 쉰다.", "4~2시간 쉰다."),
    ("de", "Rest for 2 to 4 hours.", "Ruhen Sie 2 bis 4 Stunden.", "Ruhen Sie 4 bis 2 Stunden."),
    ("zh", "A 62-year-old took 8 tablets.", "一名 62 岁的人服用了 8 片。", "一名 8 岁的人服用了 62 片。"),
    ("ja", "Nine nurses saw 40 patients.", "看護師9人が患者40人を診た。", "看護師40人が患者9人を診た。"),
    ("ko", "Fever fell by 6.5%, pain by 3%.", "열은 6.5%, 통증은 3% 줄었다.", "열은 3%, 통증은 6.5% 줄었다."),
    ("de", "Of the 25 children, 70 percent had fever.", "70 Prozent der 25 Kinder hatten Fieber.",
     "25 Prozent der 70 Kinder hatten Fieber."),
]  # fmt: skip
#: (language, source, translation in which the numbers rightly stand otherwise)
SOUND = [
    ("zh", "COVID-19 killed 300 people in 2 weeks.", "2 周内，COVID-19 造成 300 人死亡。"),
    ("zh", "Three men, aged 33, 34 and 39, were seen.", "年龄分别为 33、34 和 39 岁的三名男子就诊。"),
    ("ja", "40 percent of the 25 children had a fever in 2019.", "2019年、25人の子どもの40％に熱があった。"),
    ("ko", "The war of 1950-53 lasted 3 years.", "1950~53년의 전쟁은 3년 동안 계속되었다."),
    ("de", "She was 13 when she fell ill, and 18 when she recovered.", "Mit 13 erkrankte sie, mit 18 genas sie."),
    ("zh", "It may take 5 days.", "可能需要 5 天。"),
]


def judged(tag: str, source: str, target: str) -> float | None:
    pairs = pl.DataFrame({"source": [source], "target": [target]})
    share: float | None = facts(pairs, language(ENGLISH), language(tag)).item()
    return share


@pytest.mark.parametrize(("tag", "source", "sound", "swapped"), SWAPPED)
def test_numbers_that_changed_places_contradict_the_source(tag: str, source: str, sound: str, swapped: str) -> None:
    assert judged(tag, source, sound) == 1
    share = judged(tag, source, swapped)
    assert share is not None
    assert share < 1


@pytest.mark.parametrize(("tag", "source", "sound"), SOUND)
def test_another_order_of_clauses_is_no_fault(tag: str, source: str, sound: str) -> None:
    assert judged(tag, source, sound) == 1


@pytest.mark.parametrize("tag", LISTED)
def test_a_language_tells_every_role_of_english_and_no_other(tag: str) -> None:
    assert roles(language(tag)).keys() == roles(language(ENGLISH)).keys()
    assert AGE in roles(language(tag))


def test_a_language_without_roles_is_left_to_the_order_of_its_numbers() -> None:
    assert not roles(language("fr"))
    assert judged("fr", "In 2009, 14 patients died.", "En 14, 2009 patients sont morts.") == 1

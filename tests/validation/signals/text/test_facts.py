"""Facts that became others, and sound translations of the same sources, in every language."""

from dataclasses import replace

import polars as pl
import pytest

from globmed.languages import ENGLISH, language, languages
from validation.signals.flags import flags
from validation.signals.text.facts.drugs import drugs
from validation.signals.text.facts.kinds import kinds
from validation.signals.text.facts.signal import facts

#: (language, source, sound translation, translation with another fact)
PAIRS = [
    ("sw", "Inject it into the left arm.", "Choma kwenye mkono wa kushoto.", "Choma kwenye mkono wa kulia."),
    ("zu", "Pain in the right leg.", "Ubuhlungu emlenzeni wesokudla.", "Ubuhlungu emlenzeni wesobunxele."),
    ("yo", "Pain in the right ear.", "Ìrora ní etí ọ̀tún.", "Ìrora ní etí òsì."),
    ("wo", "Pain in the left ear.", "Nopp bu càmmooñ bi day metti.", "Nopp bu ndeyjoor bi day metti."),
    ("fr", "A mass in the left lung.", "Une masse du poumon gauche.", "Une masse du poumon droit."),
    ("de", "A mass in the left lung.", "Ein Tumor im linken Lungenflügel.", "Ein Tumor im rechten Lungenflügel."),
    ("zh", "A mass in the left lung.", "左肺肿块。", "右肺肿块。"),
    ("ja", "A mass in the left lung.", "左肺の腫瘤。", "右肺の腫瘤。"),
    ("ko", "A mass in the left lung.", "왼쪽 폐의 종괴.", "오른쪽 폐의 종괴."),
    ("es", "Give it orally.", "Administrar por vía oral.", "Administrar por vía intravenosa."),
    ("pt", "Give it intravenously.", "Administrar por via intravenosa.", "Administrar por via intramuscular."),
    ("sw", "Give it by mouth.", "Mpe kwa mdomo.", "Mpe kupitia mshipa."),
    ("zu", "Give it by mouth.", "Nika ngomlomo.", "Nika ngomthambo."),
    ("zh", "Give it subcutaneously.", "皮下注射。", "肌肉注射。"),
    ("ja", "Give it orally.", "経口投与する。", "静脈内投与する。"),
    ("ko", "Give it orally.", "경구 투여한다.", "정맥 내 투여한다."),
    ("sw", "Take it weekly.", "Meza kila wiki.", "Meza kila siku."),
    ("yo", "Take it daily.", "Lò ó lójoojúmọ́.", "Lò ó lọ́sọ̀ọ̀sẹ̀."),
    ("wo", "Take it every day.", "Jël ko bés bu nekk.", "Jël ko ayu-bés bu nekk."),
    ("de", "Take it weekly.", "Wöchentlich einnehmen.", "Täglich einnehmen."),
    ("yo", "Take it twice daily.", "Lò ó lẹ́ẹ̀mejì lójúmọ́.", "Lò ó lẹ́ẹ̀kan lójúmọ́."),
    ("zu", "A woman has a fever.", "Owesifazane unemfiva.", "Owesilisa unemfiva."),
    ("wo", "A woman has a fever.", "Jigéen ju am yaram wu tàng.", "Góor gu am yaram wu tàng."),
    ("zh", "A woman has a fever.", "一名女性发热。", "一名男性发热。"),
    ("fr", "The dose was increased.", "La dose a été augmentée.", "La dose a été réduite."),
    ("sw", "The dose was reduced.", "Dozi ilipunguzwa.", "Dozi iliongezwa."),
    ("es", "It is contraindicated.", "Está contraindicado.", "Está indicado."),
    ("ja", "It is contraindicated.", "禁忌である。", "適応である。"),
    ("pt", "Take it before meals.", "Tome antes das refeições.", "Tome após as refeições."),
    ("ko", "Take it after meals.", "식후에 복용한다.", "식전에 복용한다."),
    ("sw", "Take it in the morning.", "Meza asubuhi.", "Meza usiku."),
    ("fr", "He has hypertension.", "Il a une hypertension.", "Il a une hypotension."),
    ("fr", "It begins in May 2020.", "Cela commence en mai 2020.", "Cela commence en mars 2020."),
    ("de", "It ends on March 3.", "Es endet am 3. März.", "Es endet am 3. Mai."),
    ("zu", "It ended in June 2020.", "Kwaphela ngoJuni 2020.", "Kwaphela ngoJulayi 2020."),
    ("wo", "It began in September.", "Mu ngi tàmbali ci Setàmbar.", "Mu ngi tàmbali ci Nowàmbar."),
    ("yo", "It began in April.", "Ó bẹ̀rẹ̀ ní oṣù Kẹrin.", "Ó bẹ̀rẹ̀ ní oṣù Kẹta."),
    ("sw", "It began in August.", "Ilianza Agosti.", "Ilianza Aprili."),
    ("es", "A transdermal patch.", "Un parche transdérmico.", "Un parche intranasal."),
    ("pt", "Take it q8h.", "Tome a cada 8 horas.", "Tome oito vezes ao dia."),
    ("de", "Take it every 8 hours.", "Alle acht Stunden einnehmen.", "Achtmal täglich einnehmen."),
    ("ko", "Give it every 12 hours.", "12시간마다 투여한다.", "하루 12회 투여한다."),
    ("es", "Use it every other day.", "Úselo cada dos días.", "Úselo todos los días."),
    ("sw", "Take it before bed.", "Meza kabla ya kulala.", "Meza asubuhi."),
    ("ja", "Take it on waking.", "起床時に服用する。", "就寝前に服用する。"),
    ("zu", "It is contraindicated.", "Awuvunyelwe lo muthi.", "Uyanconywa lo muthi."),
    ("yo", "It is contraindicated.", "A kò gbọdọ̀ lò ó.", "Ó yẹ kí a lò ó."),
    ("wo", "High doses are given.", "Dose yu bari lañuy joxe.", "Dose yu néew lañuy joxe."),
    ("zu", "Inject it intramuscularly.", "Wujove emsipheni.", "Wujove ngaphansi kwesikhumba."),
    ("de", "A dopamine infusion.", "Eine Dopamininfusion.", "Eine Dobutamininfusion."),
    ("pt", "Give vincristine.", "Dar vincristina.", "Dar vimblastina."),
    ("sw", "Give quinine.", "Mpe kwinini.", "Mpe kwinidini."),
    ("es", "Give hydroxyzine.", "Dar hidroxicina.", "Dar hidralazina."),
    ("pt", "Give clonidine.", "Dar clonidina.", "Dar clonazepam."),
    ("de", "Give chlorpromazine.", "Chlorpromazin geben.", "Chlorpropamid geben."),
    ("zu", "Give hydroxyzine.", "Nika i-hydroxyzine.", "Nika i-hydralazine."),
    ("sw", "Give paracetamol.", "Mpe parasetamoli.", "Mpe propranolol."),
    ("yo", "Give prednisolone.", "Fún un ní prednisolone.", "Fún un ní prednisone."),
    ("wo", "Give quinine.", "Joxal quinine.", "Joxal quinidine."),
    ("zh", "Give vincristine.", "给予长春新碱。", "给予长春碱。"),
    ("ja", "Give hydroxyzine.", "ヒドロキシジンを投与する。", "ヒドララジンを投与する。"),
    ("ko", "Give acetaminophen.", "파라세타몰을 투여한다.", "프로프라놀롤을 투여한다."),
]
#: What only looks like another fact: (language, source, translation)
SOUND = [
    ("fr", "He left the hospital on the right bus.", "Il a quitté l'hôpital dans le bon bus."),
    ("zh", "About 5 women had left.", "大约五名女性左右已经离开。"),
    ("fr", "Men and women were treated.", "Des femmes et des hommes ont été traités."),
    ("sw", "We tested the hypothesis in the lower leg.", "Tulijaribu nadharia kwenye mguu wa chini."),
    ("zh", "Give ofloxacin or levofloxacin.", "给予氧氟沙星或左氧氟沙星。"),
    ("fr", "Give epinephrine, not norepinephrine.", "Donner de l'adrénaline, pas de la noradrénaline."),
    ("es", "It is contraindicated.", "No debe usarse."),
    ("fr", "It may begin in June and march on.", "Cela peut commencer en juin et se poursuivre."),
    ("de", "In May it may rain.", "Im Mai kann es regnen."),
    ("fr", "Give it every 6 hours, four doses in all.", "Donner toutes les 6 heures, quatre doses en tout."),
    ("ko", "Given on October 1 at noon.", "10월 1일 정오에 투여했다."),
]


def share(source: str, target: str, tag: str) -> float | None:
    found = facts(pl.DataFrame({"source": [source], "target": [target]}), language(ENGLISH), language(tag))
    value: float | None = found.item()
    return value


@pytest.mark.parametrize(("tag", "source", "sound", "other"), PAIRS)
def test_another_fact_contradicts_and_the_same_one_does_not(tag: str, source: str, sound: str, other: str) -> None:
    assert share(source, sound, tag) == 1
    below = share(source, other, tag)
    assert below is not None
    assert below < 1
    both = flags(pl.Series([source] * 2), pl.Series([sound, other]), language(ENGLISH), language(tag))
    assert both["facts"].to_list() == [False, True]


@pytest.mark.parametrize(("tag", "source", "target"), SOUND)
def test_what_only_looks_like_a_fact_is_none(tag: str, source: str, target: str) -> None:
    assert share(source, target, tag) == 1


def test_a_language_whose_words_are_not_listed_is_not_judged() -> None:
    unlisted = replace(language("swahili"), name="hausa")
    pairs = pl.DataFrame({"source": ["the left arm"], "target": ["hannun dama"]})
    assert facts(pairs, language(ENGLISH), unlisted).to_list() == [None]
    assert drugs(pl.DataFrame({"row": [0], "target": ["quinine"]}), "target", unlisted).is_empty()


@pytest.mark.parametrize("name", [entry.name for entry in languages().values() if entry.name != ENGLISH])
def test_every_list_has_the_kinds_of_the_english_one(name: str) -> None:
    """A kind that a language lacks is never judged there."""
    ours, theirs = kinds(language(ENGLISH)), kinds(language(name))
    assert set(ours) == set(theirs)
    assert all(set(theirs[kind].facts) <= set(ours[kind].facts) for kind in theirs)


#: A native Spanish text, the English that agrees, and one that does not.
NATIVE = [
    ("El agua asciende al inspirar.", "The water rises on inspiration.", "The water descends on inspiration."),
    ("El agua desciende al espirar.", "The water descends on expiration.", "The water rises on expiration."),
    ("Un anciano acude con su mujer.", "An old man comes with his wife.", None),
    ("Una anciana tiene fiebre.", "An elderly woman has a fever.", "An elderly man has a fever."),
    ("Con miedo a caerse, le cuesta subir escaleras.", "Afraid of falling, she climbs stairs slowly.", None),
]


@pytest.mark.parametrize(("source", "right", "wrong"), NATIVE)
def test_native_texts_are_compared_with_their_english(source: str, right: str, wrong: str | None) -> None:
    targets = [right] if wrong is None else [right, wrong]
    pairs = pl.DataFrame({"source": [source] * len(targets), "target": targets})
    assert (facts(pairs, language("es"), language(ENGLISH)) < 1).to_list() == [False, True][: len(targets)]

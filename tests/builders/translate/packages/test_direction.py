"""Parallel text whose sides are in other languages than it is said to be."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from builders.translate.packages.corpus import Direction, Pair, read_corpus
from builders.translate.packages.direction import check_direction
from globmed.errors import UserError
from globmed.languages import languages
from tests.conftest import Globmed

ENGLISH = [
    "Take one tablet in the morning with a full glass of water.",
    "The doctor will look at the wound again next week.",
    "Wash your hands before you prepare food for the child.",
    "Call the nurse if the pain does not go away tonight.",
    "Keep this medicine where children cannot reach it.",
]
OTHERS = {
    "zh": [
        "早上用一整杯水送服一片药，不要空腹服用。",
        "医生下周会再检查一次伤口的情况。",
        "给孩子准备食物之前请先洗手消毒。",
        "如果今晚疼痛没有消失，请打电话给护士。",
        "请把这种药放在孩子们拿不到的地方保存。",
    ],
    "fr": [
        "Prenez un comprimé le matin avec un grand verre d'eau.",
        "Le médecin regardera la plaie la semaine prochaine.",
        "Lavez-vous les mains avant de préparer le repas de l'enfant.",
        "Appelez l'infirmière si la douleur ne passe pas cette nuit.",
        "Gardez ce médicament hors de la portée des enfants.",
    ],
    "de": [
        "Nehmen Sie morgens eine Tablette mit einem Glas Wasser ein.",
        "Der Arzt sieht sich die Wunde nächste Woche noch einmal an.",
        "Waschen Sie sich die Hände, bevor Sie dem Kind Essen machen.",
        "Rufen Sie die Schwester, wenn der Schmerz heute Nacht nicht nachlässt.",
        "Bewahren Sie dieses Mittel so auf, dass Kinder es nicht erreichen.",
    ],
    "ja": [
        "朝にコップ一杯の水で一錠を飲んでください。",
        "来週、医師がもう一度傷を診察します。",
        "子どもの食事を作る前に手を洗ってください。",
        "今夜痛みが治まらなければ看護師を呼んでください。",
        "この薬は子どもの手の届かない所に置いてください。",
    ],
    "ko": [
        "아침에 물 한 컵과 함께 한 알을 드십시오.",
        "의사가 다음 주에 상처를 다시 볼 것입니다.",
        "아이의 음식을 준비하기 전에 손을 씻으십시오.",
        "오늘 밤 통증이 사라지지 않으면 간호사를 부르십시오.",
        "이 약은 아이들의 손이 닿지 않는 곳에 두십시오.",
    ],
    "pt": [
        "Tome um comprimido de manhã com um copo cheio de água.",
        "O médico vai ver a ferida outra vez na próxima semana.",
        "Lave as mãos antes de preparar a comida da criança.",
        "Chame a enfermeira se a dor não passar esta noite.",
        "Guarde este remédio onde as crianças não o alcancem.",
    ],
    "es": [
        "Tome una tableta por la mañana con un vaso lleno de agua.",
        "El médico volverá a mirar la herida la semana que viene.",
        "Lávese las manos antes de preparar la comida del niño.",
        "Llame a la enfermera si el dolor no desaparece esta noche.",
        "Guarde esta medicina donde los niños no puedan alcanzarla.",
    ],
    "sw": [
        "Kunywa kidonge kimoja asubuhi pamoja na glasi ya maji.",
        "Daktari ataangalia kidonda tena wiki ijayo.",
        "Nawa mikono yako kabla ya kuandaa chakula cha mtoto.",
        "Mwite muuguzi ikiwa maumivu hayataisha usiku huu.",
        "Weka dawa hii mahali ambapo watoto hawawezi kuifikia.",
    ],
    "wo": [
        "Jëlal benn doom ci suba si ak kaasu ndox mu fees.",
        "Fajkat bi dina xool góom bi ci ayu-bis biy ñëw.",
        "Raxasal sa loxo yi balaa ngay togg ñamu xale bi.",
        "Wool infirmiyee bi su mettit wi deñul ci guddi gi.",
        "Dencal garab gi fu xale yi duñu ko mëna jot.",
    ],
    "yo": [
        "Lo oògùn kan ní òwúrọ̀ pẹ̀lú ife omi kan tí ó kún.",
        "Dókítà yóò tún wo ojú ọgbẹ́ náà ní ọ̀sẹ̀ tí ń bọ̀.",
        "Fọ ọwọ́ rẹ kí o tó ṣe oúnjẹ fún ọmọ náà.",
        "Pe nọ́ọ̀sì bí ìrora náà kò bá lọ ní alẹ́ òní.",
        "Tọ́jú oògùn yìí sí ibi tí ọwọ́ àwọn ọmọdé kò lè dé.",
    ],
    "zu": [
        "Phuza iphilisi elilodwa ekuseni nengilazi egcwele yamanzi.",
        "Udokotela uzophinde abheke isilonda ngesonto elizayo.",
        "Geza izandla zakho ngaphambi kokulungisa ukudla kwengane.",
        "Biza umhlengikazi uma ubuhlungu bungapheli namhlanje ebusuku.",
        "Gcina lo muthi lapho izingane zingafinyeleli khona.",
    ],
}
EN_SW = Direction("en", "sw")


def test_every_target_language_is_here() -> None:
    assert set(OTHERS) == {entry.tag for entry in languages().values()} - {"en"}


def check(sources: Sequence[str], targets: Sequence[str], direction: Direction) -> None:
    check_direction(sources, targets, direction, "pairs.tsv", "swap its columns")


@pytest.mark.parametrize("tag", OTHERS)
@pytest.mark.parametrize("times", [2, 20])
def test_the_two_sides_the_other_way_round_stop(tag: str, times: int) -> None:
    english, other = ENGLISH * times, OTHERS[tag] * times
    check(english, other, Direction("en", tag))
    check(other, english, Direction(tag, "en"))
    for sources, targets, direction in ((other, english, Direction("en", tag)), (english, other, Direction(tag, "en"))):
        with pytest.raises(
            UserError, match=r"^pairs\.tsv: the sources are in .*; swap its columns, or name the l"
        ) as said:
            check(sources, targets, direction)
        assert "\n" not in str(said.value)
        assert "English (" in str(said.value)


@pytest.mark.parametrize("tag", OTHERS)
def test_short_texts_are_read_together(tag: str) -> None:
    short = [" ".join(text.split()[:4])[:30] for text in OTHERS[tag] * 20]
    english = [" ".join(text.split()[:3]) for text in ENGLISH * 20]
    check(english, short, Direction("en", tag))
    with pytest.raises(UserError, match="swap its columns"):
        check(short, english, Direction("en", tag))


@pytest.mark.parametrize("tag", OTHERS)
@pytest.mark.parametrize("times", [20, 250])
def test_a_corpus_of_both_directions_is_not_refused(tag: str, times: int) -> None:
    """Also where every second pair, or the second half, is the other way round."""
    pairs = list(zip(ENGLISH * times, OTHERS[tag] * times, strict=True))
    turned = [pair[::-1] for pair in pairs]
    for mixed in (pairs + turned, [each for both in zip(pairs, turned, strict=True) for each in both]):
        sources, targets = zip(*mixed, strict=True)
        check(sources, targets, Direction("en", tag))


@pytest.mark.parametrize("tag", OTHERS)
@pytest.mark.parametrize(
    "texts", [[("fever", "homa")], [("5 mg", "5 mg")] * 500, [("", "")], [("Aspirin", "Aspirin"), ("B12", "B12")]]
)
def test_what_cannot_be_told_is_not_refused(tag: str, texts: list[tuple[str, str]]) -> None:
    sources, targets = zip(*texts, strict=True)
    check(sources, targets, Direction("en", tag))
    check(targets, sources, Direction(tag, "en"))


def test_one_pair_is_too_few() -> None:
    for tag, texts in OTHERS.items():
        check(texts[:1], ENGLISH[:1], Direction("en", tag))


def test_another_language_stops() -> None:
    for direction, targets in ((EN_SW, OTHERS["fr"]), (Direction("en", "fr"), OTHERS["de"]), (EN_SW, ENGLISH)):
        with pytest.raises(UserError, match=r"name their languages, or other files; if they are right, give --trust-l"):
            check(ENGLISH * 5, targets * 5, direction)
    check(ENGLISH[:4], OTHERS["fr"][:4], EN_SW)


def test_languages_that_the_identifier_does_not_know_are_trusted() -> None:
    ewe = ["Mixɔ atike ɖeka ŋdi kple tsi kpluƒu ɖeka.", "Mikloasi hafi aɖa nu na ɖevia."]
    check(ENGLISH * 10, ewe * 25, Direction("en", "ee"))
    with pytest.raises(UserError, match="swap its columns"):
        check(ewe * 25, ENGLISH * 10, Direction("en", "ee"))


def test_neighbours_are_not_taken_for_another_language() -> None:
    galician = [
        "Tome unha pastilla pola mañá cun vaso cheo de auga.",
        "O médico mirará a ferida outra vez a semana que vén.",
    ]
    check(ENGLISH * 10, galician * 25, Direction("en", "pt"))


def write(path: Path, pairs: Sequence[tuple[str, str]]) -> Path:
    path.write_text("".join(f"{source}\t{target}\n" for source, target in pairs), "utf-8")
    return path


def test_a_file_is_refused_by_name_unless_it_is_trusted(tmp_path: Path) -> None:
    turned = list(zip(OTHERS["sw"], ENGLISH, strict=True))
    file = write(tmp_path / "pairs.tsv", [("source", "target"), *turned])
    with pytest.raises(UserError, match=rf"^{file}: the sources are in Swahili \(\d of \d .*, the targets in English"):
        read_corpus(str(file), EN_SW)
    assert read_corpus(str(file), EN_SW, trusted=True) == [Pair(*pair) for pair in turned]
    named = write(tmp_path / "named.tsv", [("Swahili", "English"), *turned])
    assert read_corpus(str(named), EN_SW) == [Pair(english, swahili) for swahili, english in turned]


def test_the_command_stops_before_it_trains(tmp_path: Path, globmed: Globmed) -> None:
    file = write(tmp_path / "pairs.tsv", [("en", "sw"), *zip(OTHERS["sw"], ENGLISH, strict=True)])
    done = globmed("translator", "train", "en", "sw", "--data", file, "--out", tmp_path / "run")
    assert done.returncode == 2
    told, stopped = done.stderr.splitlines()
    assert "the first row names the columns ('en' for sources, 'sw' for targets); it is no pair" in told
    assert f"{file}: the sources are in Swahili" in stopped
    assert not (tmp_path / "run").exists()

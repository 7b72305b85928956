from pathlib import Path

import polars as pl
import pytest

from builders.translate.memory import build_memory, read_tmx, tmx_files
from globmed.errors import UserError

TMX = """<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4"><header creationtool="t" creationtoolversion="1" segtype="block" o-tmf="t" adminlang="en"
 srclang="en" datatype="plaintext">{header}</header><body>{units}</body></tmx>"""


def unit(english: str, translation: str, language: str = "sw", origin: str | None = None, tuid: str = "1") -> str:
    prop = f'<prop type="origin">{origin}</prop>' if origin else ""
    return (
        f'<tu tuid="{tuid}">{prop}<tuv xml:lang="en"><seg>{english}</seg></tuv>'
        f'<tuv xml:lang="{language}"><seg>{translation}</seg></tuv></tu>'
    )


def tmx(path: Path, *units: str, header: str = "") -> Path:
    path.write_text(TMX.format(header=header, units="".join(units)), "utf-8")
    return path


def memory(tmp_path: Path, *files: Path, origin: str | None = None) -> pl.DataFrame:
    build_memory(files, tmp_path / "memory.parquet", origin)
    return pl.read_parquet(tmp_path / "memory.parquet")


def test_the_best_origin_wins_then_the_first(tmp_path: Path) -> None:
    first = tmx(
        tmp_path / "a.tmx",
        unit("Fever", "homa-1", origin="machine"),
        unit("Cough", "kikohozi-1", origin="human"),
    )
    second = tmx(
        tmp_path / "b.tmx",
        unit("Fever", "homa-2", origin="human"),
        unit("Cough", "kikohozi-2", origin="human"),
    )
    assert set(memory(tmp_path, first, second)["text"]) == {"homa-2", "kikohozi-1"}
    assert set(memory(tmp_path, second, first)["text"]) == {"homa-2", "kikohozi-2"}


def test_texts_are_the_same_when_only_white_space_or_composition_differs(tmp_path: Path) -> None:
    file = tmx(
        tmp_path / "a.tmx",
        unit("Caf\u00e9  au\nlait", "moja"),
        unit("Cafe\u0301 au lait", "mbili"),
        unit("café au lait", "tatu"),
    )
    found = memory(tmp_path, file, origin="human")
    assert set(found["text"]) == {"moja", "tatu"}, "letter case stays: a name may differ from a word"


def test_a_regional_variant_counts_as_its_language_and_unlisted_ones_are_passed_over(tmp_path: Path) -> None:
    file = tmx(tmp_path / "a.tmx", unit("Fever", "febre", "pt-BR"), unit("Fever", "febris", "la"))
    assert [(u.language, u.text) for u in read_tmx(file, "human")] == [("pt", "febre")]


def variants(*texts: tuple[str, str]) -> str:
    """A unit with these texts by language tag."""
    inside = "".join(f'<tuv xml:lang="{tag}"><seg>{text}</seg></tuv>' for tag, text in texts)
    return f"<tu>{inside}</tu>"


def test_of_a_units_variants_of_one_language_the_first_with_text_wins(tmp_path: Path) -> None:
    unit = variants(
        ("en-US", "Diarrhea"), ("en-GB", "Diarrhoea"), ("pt", ""), ("pt-BR", "diarreia aguda"), ("pt-PT", "diarreia")
    )
    found = read_tmx(tmx(tmp_path / "a.tmx", unit), "human")
    assert [(u.source, u.language, u.text) for u in found] == [("Diarrhea", "pt", "diarreia aguda")]


@pytest.mark.parametrize("tag", ["zh-TW", "zh-HK", "zh_MO", "zh-Hant", "ZH-hant-CN", "sw-Arab"])
def test_variants_in_another_script_are_passed_over(tmp_path: Path, tag: str) -> None:
    file = tmx(tmp_path / "a.tmx", variants(("en", "Fever"), (tag, "發燒"), ("wo", "yaram wu tàng")))
    assert [u.language for u in read_tmx(file, "human")] == ["wo"]


@pytest.mark.parametrize("tag", ["zh", "zh-CN", "zh-SG", "zh-Hans", "zh-Hans-HK", "ja-JP", "sw-Latn-TW"])
def test_variants_in_the_script_of_the_language_are_taken(tmp_path: Path, tag: str) -> None:
    file = tmx(tmp_path / "a.tmx", variants(("en", "Fever"), (tag, "发烧"), (tag[:2], "热")))
    assert [(u.language, u.text) for u in read_tmx(file, "human")] == [(tag[:2], "发烧")]


def test_native_codes_and_what_flows_below_are_no_text(tmp_path: Path) -> None:
    codes = (
        '{0} <bpt i="1">&lt;b&gt;</bpt>5 mg<ept i="1">&lt;/b&gt;</ept><ph>\\tab<sub>a note</sub></ph>'
        ' <it pos="begin">[i]</it><hi type="x">{1}<ph>nbsp</ph></hi>.<ut>{{x}}</ut><sub>apart</sub>'
    )
    file = tmx(tmp_path / "a.tmx", unit(codes.format("Take", "daily"), codes.format("Kunywa", "kila siku")))
    (only,) = read_tmx(file, "human")
    assert (only.source, only.text) == ("Take 5 mg daily.", "Kunywa 5 mg kila siku.")


def test_inline_markup_gives_its_text(tmp_path: Path) -> None:
    file = tmx(tmp_path / "a.tmx", unit("Take <hi>5 mg</hi> daily", "Kunywa <hi>5 mg</hi> kila siku"))
    (only,) = read_tmx(file, "human")
    assert (only.source, only.text) == ("Take 5 mg daily", "Kunywa 5 mg kila siku")


def test_the_header_says_the_origin_for_units_that_do_not(tmp_path: Path) -> None:
    file = tmx(tmp_path / "a.tmx", unit("Fever", "homa"), header='<prop type="origin">postedited</prop>')
    assert [u.origin for u in read_tmx(file)] == ["postedited"]


@pytest.mark.parametrize("origin", [None, "original", "sure"])
def test_a_unit_without_a_known_origin_is_refused(tmp_path: Path, origin: str | None) -> None:
    file = tmx(tmp_path / "a.tmx", unit("Fever", "homa", origin=origin, tuid="u-7"))
    with pytest.raises(UserError, match=r"a\.tmx, unit u-7: origin.*--memory-origin"):
        list(read_tmx(file))


@pytest.mark.parametrize("text", ["", "<tmx>", "not xml", TMX[:200]])
def test_a_broken_file_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    file = tmp_path / "broken.tmx"
    file.write_text(text)
    with pytest.raises(UserError, match=r"broken\.tmx: not a TMX file"):
        list(read_tmx(file, "human"))


def test_entities_that_would_expand_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE tmx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    file = tmp_path / "bomb.tmx"
    file.write_text(TMX.format(header="", units=unit("Fever", "&b;")).replace("<tmx", f"{bomb}<tmx", 1))
    with pytest.raises(UserError, match=r"bomb\.tmx"):
        list(read_tmx(file, "human"))


def test_a_path_without_tmx_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no TMX file there"):
        tmx_files([tmp_path])
    file = tmx(tmp_path / "a.tmx")
    assert tmx_files([tmp_path]) == [file]

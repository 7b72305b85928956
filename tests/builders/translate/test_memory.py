import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.translate.memory import MemoryFiles, MemoryReport, build_memory, memory_files, read_tmx
from builders.translate.tmx import empty_tmx, tmx_unit, write_tmx
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


def tmx_text(*units: str, header: str = "") -> str:
    return TMX.format(header=header, units="".join(units))


def tmx(path: Path, *units: str, header: str = "") -> Path:
    path.write_text(tmx_text(*units, header=header), "utf-8")
    return path


def memory(tmp_path: Path, *files: Path, origin: str | None = None) -> pl.DataFrame:
    build_memory(MemoryFiles(files), tmp_path / "memory.parquet", origin)
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


@pytest.mark.parametrize(
    ("origin", "edited", "used"),
    [("postedited", "yes", "homa"), ("postedited", "no", "homu"), ("machine", "yes", "homu")],
)
def test_what_reviewers_edited_wins_over_a_human_translation(
    tmp_path: Path, origin: str, edited: str, used: str
) -> None:
    human = tmx(tmp_path / "a.tmx", unit("Fever", "homu", origin="human"))
    reviewed = tmp_path / "review.tmx"
    facts = {"origin": origin, "edited": edited}
    write_tmx(empty_tmx("review"), reviewed, [tmx_unit("1", facts, "Fever", "homa", "sw")])
    assert memory(tmp_path, human, reviewed)["text"].to_list() == [used]


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
    """Return a unit with these texts by language tag."""
    inside = "".join(f'<tuv xml:lang="{tag}"><seg>{text}</seg></tuv>' for tag, text in texts)
    return f"<tu>{inside}</tu>"


def test_every_english_text_of_a_unit_counts_and_of_another_language_the_first(tmp_path: Path) -> None:
    unit = variants(
        ("en-US", "Diarrhea"), ("en-GB", "Diarrhoea"), ("pt", ""), ("pt-BR", "diarreia aguda"), ("pt-PT", "diarreia")
    )
    found = read_tmx(tmx(tmp_path / "a.tmx", unit), "human")
    assert [(u.source, u.language, u.text) for u in found] == [
        ("Diarrhea", "pt", "diarreia aguda"),
        ("Diarrhoea", "pt", "diarreia aguda"),
    ]


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
    with pytest.raises(UserError, match="no TMX file in it"):
        memory_files([tmp_path])
    file = tmx(tmp_path / "a.tmx")
    (tmp_path / "folder.tmx").mkdir()
    assert memory_files([tmp_path]).paths == [file]


def test_a_tmx_file_is_known_by_its_suffix_in_any_case_and_a_packed_one_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    file = tmx(tmp_path / "below" / "A.TMX", unit("Fever", "homa"))
    (tmp_path / "project_save.tmx.bak").write_text("kept by the tool", "utf-8")
    assert memory_files([tmp_path]).paths == [file]
    (tmp_path / "B.tmx.gz").write_bytes(b"\x1f\x8b")
    with pytest.raises(UserError, match=r"B\.tmx\.gz: a packed TMX file, expected \.tmx; unpack it"):
        memory_files([tmp_path])


@pytest.mark.parametrize(("english", "swahili"), [("eng", "swa"), ("EN_us", "swh"), ("en-GB", "SW-ke"), ("en", "sw")])
@pytest.mark.parametrize("attribute", ["xml:lang", "lang"])
@pytest.mark.parametrize("srclang", ["eng", "*all*", "*", "sw", "fr-FR", ""])
def test_languages_are_known_by_any_of_their_codes(
    tmp_path: Path, english: str, swahili: str, attribute: str, srclang: str
) -> None:
    file = tmx(tmp_path / "a.tmx", variants((swahili, "homa"), ("la", "febris"), (english, "Fever")))
    file.write_text(
        file.read_text("utf-8").replace("xml:lang", attribute).replace('srclang="en"', f'srclang="{srclang}"'), "utf-8"
    )
    assert [(u.source, u.language, u.text) for u in read_tmx(file, "human")] == [("Fever", "sw", "homa")]


NAMESPACE = TMX.replace('<tmx version="1.4">', '<tmx xmlns="http://www.lisa.org/tmx14" version="1.4">')
TYPE = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx'
SUBSET = '<!DOCTYPE tmx [<!ELEMENT tmx ANY><!ATTLIST tmx version CDATA "1.4">]>\n<tmx'


@pytest.mark.parametrize(
    "template",
    [NAMESPACE, TMX.replace("<tmx", TYPE), TMX.replace("<tmx", SUBSET), TMX.replace("<tmx", f"<!-- a -->{TYPE}")],
    ids=["namespace", "DTD", "inner DTD", "comment"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1", "windows-1252"])
def test_every_usual_form_of_a_file_is_read(tmp_path: Path, template: str, encoding: str) -> None:
    declared = "utf-16" if encoding.startswith("utf-16") else encoding.removesuffix("-sig")
    header = '<prop type="origin">postedited</prop>'
    text = template.format(header=header, units=unit("Café", "kahawa"))
    data = text.replace("UTF-8", declared).encode(encoding)
    file = tmp_path / "a.tmx"
    file.write_bytes(b"\xff\xfe" + data if encoding == "utf-16-le" else data)
    assert [(u.source, u.text, u.origin) for u in read_tmx(file)] == [("Café", "kahawa", "postedited")]


PAGE = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Sign in</title></head><body><p>Fever</p></body></html>'


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "no element found"),
        (b"<!DOCTYPE html><html><body><br>Sign in</body></html>", "its root is <html>"),
        (PAGE.encode(), "its root is <html>"),
        (b'<!DOCTYPE map SYSTEM "map.dtd"><map version="1.0"/>', "its root is <map>"),
        (b'<xliff version="1.2"/>', "its root is <xliff>"),
        (TMX.encode("utf-16-be"), "encoding"),
        (TMX.replace("UTF-8", "UTF-32").encode(), "encoding"),
        (TMX.replace("UTF-8", "GB2312").encode(), "multi-byte encodings"),
        (TMX.replace("UTF-8", "klingon").encode(), "encoding"),
        (TMX.format(header="", units="<tu>\x0b</tu>").encode(), "invalid token"),
        (TMX.format(header="", units="<tu>caf\xe9</tu>").encode("latin-1"), "invalid token"),
        (TMX.format(header="", units="&nbsp;").encode(), "undefined entity"),
        (b"PK\x03\x04", "invalid token"),
    ],
)
def test_what_is_no_tmx_is_an_error_that_says_what_it_is(tmp_path: Path, data: bytes, found: str) -> None:
    file = tmp_path / "a.tmx"
    file.write_bytes(data)
    with pytest.raises(UserError, match=rf"a\.tmx: not a TMX file \(.*{found}.*\); expected TMX 1\.4"):
        list(read_tmx(file, "human"))


def test_of_several_english_texts_the_one_that_has_the_codes_of_the_translation_makes_the_pair(tmp_path: Path) -> None:
    with_code = 'Take Coumadin<ph x="1"/> daily'
    file = tmx(
        tmp_path / "a.tmx", variants(("en", "Take daily"), ("en-GB", with_code), ("sw", 'Tumia<ph x="1"/> kila siku'))
    )
    assert [(u.source, u.text) for u in read_tmx(file, "human")] == [("Take Coumadin daily", "Tumia kila siku")]


def test_text_outside_a_segment_is_no_text_and_the_header_need_not_name_a_source(tmp_path: Path) -> None:
    bare = "<tu><tuv xml:lang='en'>Fever</tuv><tuv xml:lang='sw'>homa</tuv></tu>"
    file = tmx(tmp_path / "a.tmx", bare, unit("Cough", "kikohozi"))
    file.write_text(file.read_text("utf-8").replace('srclang="en" ', ""), "utf-8")
    assert [u.source for u in read_tmx(file, "human")] == ["Cough"]
    assert report(tmp_path, file).left_out == {"without English text": 1}


def test_a_file_given_twice_is_known_once(tmp_path: Path) -> None:
    file = tmx(tmp_path / "a.tmx", unit("Fever", "homa"))
    assert memory(tmp_path, file, file, origin="human").height == 1


def test_several_processes_make_the_same_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "published" / "en").mkdir(parents=True)
    (tmp_path / "published" / "sw").mkdir()
    for tag, text in (("en", "A cough"), ("sw", "Kikohozi")):
        (tmp_path / "published" / tag / "train.json").write_text(json.dumps([{"question": text}]), "utf-8")
    files = [tmx(tmp_path / f"{name}.tmx", unit("Fever", name)) for name in ("joto", "homa")]
    made = []
    for processes in (1, 2):
        monkeypatch.setattr("builders.translate.memory.processes_for", lambda _, processes=processes: processes)
        wanted = memory_files([*files, tmp_path / "published"])
        made.append(
            (build_memory(wanted, tmp_path / "memory.parquet", "human"), (tmp_path / "memory.parquet").read_bytes())
        )
    assert made[0] == made[1]
    assert pl.read_parquet(tmp_path / "memory.parquet")["text"].sort().to_list() == ["Kikohozi", "joto"]


def report(tmp_path: Path, *files: Path) -> MemoryReport:
    return build_memory(MemoryFiles(files), tmp_path / "memory.parquet", "human")


def test_what_is_not_used_is_counted(tmp_path: Path) -> None:
    first = tmx(
        tmp_path / "a.tmx",
        unit("Fever", "homa"),
        unit("Fever", "homa kali", "swh"),
        variants(("en", "Cough"), ("zh-TW", "咳嗽"), ("fr", "toux"), ("yo", "ikọ́")),
        variants(("fr", "toux"), ("sw", "kikohozi")),
        variants(("en", " "), ("sw", "kikohozi")),
        variants(("en", "Cough"), ("la", "tussis"), ("", "tussis")),
        variants(("en", "Cough"), ("sw", "")),
        variants(("en", "5 mg"), ("sw", '5<ph x="1"/>mg')),
        variants(("en", "5 mg"), ("sw", 'mg 5<ph x="1"/>')),
        "<tu><tuv xml:lang='en'>Cough</tuv><tuv xml:lang='sw'>kikohozi</tuv></tu>",
    )
    second = tmx(tmp_path / "b.tmx", unit("Fever", "febris", "lat"))
    third = tmx(tmp_path / "c.tmx")
    found = report(tmp_path, first, second, third)
    assert found == MemoryReport(
        files=3,
        units=11,
        used=3,
        languages={"fr": 1, "sw": 2, "yo": 1},
        left_out={
            "without English text": 3,
            "without text in a listed language": 3,
            "with an inline code in a word or number, or in only one of the two texts": 2,
        },
        unlisted={"zh-TW": 1, "la": 1, "none stated": 1, "lat": 1},
        unused_files=[str(second)],
        empty_files=[str(third)],
    )
    assert found.line().startswith("11 units in 3 files read, 3 used (fr 1, sw 2, yo 1); left out: 3 without English")
    assert found.line().endswith(
        f"languages of no entry (zh-TW 1, la 1, none stated 1, lat 1); nothing used of {second}"
    )


def test_where_all_is_used_nothing_else_is_said(tmp_path: Path) -> None:
    file = tmx(tmp_path / "a.tmx", unit("Fever", "homa"))
    assert report(tmp_path, file).line() == "1 units in 1 files read, 1 used (sw 1)"
    assert report(tmp_path, file) == replace(
        report(tmp_path, file), left_out={}, unlisted={}, unused_files=[], empty_files=[]
    )


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]) | st.sampled_from("\n\t"), min_size=1
)


@given(texts=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
def test_what_was_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str]]) -> None:
    folder = tmp_path_factory.mktemp("round")
    units = (tmx_unit(str(place), {"origin": "human"}, *both, "sw") for place, both in enumerate(texts))
    write_tmx(empty_tmx("test"), folder / "a.tmx", units)
    again = (
        tmx_unit(unit.tuid, {"origin": unit.origin}, unit.source, unit.text, "swa")
        for unit in read_tmx(folder / "a.tmx")
    )
    write_tmx(empty_tmx("test"), folder / "b.tmx", again)
    expected = [tuple(map(str.strip, both)) for both in texts if all(map(str.strip, both))]
    for name in ("a.tmx", "b.tmx"):
        assert [(unit.source, unit.text) for unit in read_tmx(folder / name)] == expected

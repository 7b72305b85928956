"""Glossaries as CSV and TBX: what is read, and what is refused with its place."""

import csv
from io import StringIO
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globmed.errors import UserError
from globmed.languages import Language, language
from validation.signals.evidence.glossary import has_terms, read_glossary

ENGLISH, SWAHILI = language("en"), language("sw")
AGREED = [("kidney", "figo"), ("kidney", "nso"), ("liver", "ini")]
VERSION_2 = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">
<martif type="TBX-Basic" xml:lang="en"><text><body>
  <termEntry id="c1">
    <langSet xml:lang="en-US"><tig><term>kidney</term></tig></langSet>
    <langSet xml:lang="sw"><tig><term>figo</term></tig><ntig><termGrp><term>nso</term></termGrp></ntig>
      <tig><term>buki</term><termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig></langSet>
  </termEntry>
  <termEntry id="c2"><langSet xml:lang="en"><tig><term>lung</term></tig></langSet></termEntry>
  <termEntry id="c3">
    <langSet xml:lang="EN"><tig><term>liver</term></tig></langSet>
    <langSet xml:lang="swh"><tig><term> ini
    </term></tig></langSet>
    <langSet xml:lang="fr"><tig><term>foie</term></tig></langSet>
  </termEntry>
</body></text></martif>"""
VERSION_3 = """<tbx xmlns="urn:iso:std:iso:30042:ed-2" type="TBX-Basic" style="dca" xml:lang="en"><text><body>
  <conceptEntry id="c1">
    <langSec xml:lang="en"><termSec><term>kidney</term></termSec></langSec>
    <langSec xml:lang="sw_KE"><termSec><term>figo</term></termSec><termSec><term>nso</term></termSec></langSec>
  </conceptEntry>
  <conceptEntry>
    <langSec xml:lang="en"><termSec><term>liver</term></termSec></langSec>
    <langSec xml:lang="sw"><termSec><term>ini</term></termSec></langSec>
  </conceptEntry>
</body></text></tbx>"""
LAUGHS = """<!DOCTYPE tbx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<tbx><text><body><conceptEntry><langSec xml:lang="en"><termSec><term>&b;</term></termSec></langSec></conceptEntry>
</body></text></tbx>"""
OUTSIDE = '<!DOCTYPE tbx [<!ENTITY file SYSTEM "file:///etc/hostname">]><tbx><text>&file;</text></tbx>'


def read(folder: Path, text: str, name: str) -> list[tuple[str, str]]:
    file = folder / name
    file.write_text(text, "utf-8", newline="")
    return [(source, target) for source, target in read_glossary(file, ENGLISH, SWAHILI).iter_rows()]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "source,target\nkidney,figo|nso\nliver,ini\n"),
        ("a.csv", '\ufeffsource,target,note\r\nkidney,"figo | nso",\r\n\r\nliver,ini,"one, of two"\r\n'),
        ("a.tbx", VERSION_2),
        ("a.xml", VERSION_3),
    ],
)
def test_every_format_gives_the_agreed_translations(tmp_path: Path, name: str, text: str) -> None:
    assert read(tmp_path, text, name) == AGREED


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: nothing, expected the header"),
        ("english,swahili\n", "line 1: 'english,swahili', expected the header"),
        ("source,target\n", "no terms, expected at least one from english to swahili"),
        ("source,target\nkidney,figo\nliver\n", "line 3: 1 fields, expected source,target"),
        ("source,target\nkidney,figo,nso\n", "line 2: 3 fields"),
        ("source,target\n ,figo\n", "line 2, source: ' '"),
        ("source,target\nkidney,figo|\n", "line 2, target: ''"),
        ("source,target\nkidney,---\n", "line 2, target: '---'"),
        ('source,target\nkidney,"figo\n', "line 2: unexpected end of data"),
    ],
)
def test_wrong_csv_is_an_error_that_names_the_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read(tmp_path, text, "terms.csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<tbx>\n<text>", "line 2: no element found"),
        ("<tmx/>", "the root <tmx>, expected <tbx> or <martif>"),
        ("<tbx/>", "the languages none"),
        (VERSION_3.replace("sw", "zu"), "the languages en, zu, expected a concept with terms in en and sw"),
        (VERSION_3.replace("figo", " "), r"concept 1 \(id c1\), <term>: ''"),
        (VERSION_3.replace(' xml:lang="sw"', ""), r"concept 2 \(id none\): <langSec> without xml:lang"),
        (LAUGHS, "without entities"),
        (OUTSIDE, "without entities"),
    ],
)
def test_wrong_or_hostile_tbx_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read(tmp_path, text, "terms.tbx")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("source,target\ncafé,kahawa\n".encode("latin-1"), "line 2: cannot be read as UTF-8 .*0xe9.*CSV UTF-8"),
        ("source,target\nkidney,figo\n".encode("utf-16-le"), "UTF-16 without a byte order mark"),
        ("source,target\nkidney,figo\n".encode("utf-16-be"), "UTF-16 without a byte order mark"),
        ("source,target\nkidney,figo\n".encode("utf-16") + b"x", "cannot be read as UTF-16"),
    ],
)
def test_another_encoding_is_an_error(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "terms.csv").write_bytes(data)
    with pytest.raises(UserError, match=message):
        read_glossary(tmp_path / "terms.csv", ENGLISH, SWAHILI)
    with pytest.raises(UserError, match="cannot be read"):
        has_terms(tmp_path / "terms.csv")


def pairs(file: Path, target: Language = SWAHILI) -> list[tuple[str, str]]:
    return [(source, translation) for source, translation in read_glossary(file, ENGLISH, target).iter_rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "lines",
    [
        ["source;target", "kidney;figo|nso", "liver;ini"],
        ["sep=;", "source;target", "kidney;figo|nso", "liver;ini"],
        ['"sep=;"', "Source ; TARGET", "kidney; figo | nso", "", ";", "liver;ini", " ; "],
        ["SEP=,", "source,target", "kidney,figo|nso", ",", "liver,ini"],
        ["source\ttarget\tnote", "kidney\tfigo|nso\t", "\t\t", "liver\tini\tone; two, three"],
        ["", "target,source", "figo|nso,kidney", "ini,liver"],
        ["source;target;note;;", "kidney;figo|nso;;;", "liver;ini;;;"],
        ['"source";"target"', '"kidney";"figo|nso"', '"liver";"ini"'],
    ],
)
def test_what_spreadsheets_write_is_read(tmp_path: Path, encoding: str, end: str, lines: list[str]) -> None:
    file = tmp_path / "terms.csv"
    file.write_bytes((end.join(lines) + end).encode(encoding))
    assert pairs(file) == AGREED
    assert has_terms(file)
    header = [line for line in lines if "sep=" in line.lower() or "source" in line.lower()]
    file.write_bytes((end.join([*header, ";;", ""]) if ";" in header[0] else end.join(header)).encode(encoding))
    assert not has_terms(file), "a header alone is there to be filled"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sep=;\nsource;target\nkidney;figo\nliver;\n", "terms.csv, line 4, target: ''"),
        ("sep=;\nsource;target\nkidney;figo\n;ini\n", "terms.csv, line 4, source: ''"),
        ("sep=;\nsource,target\nkidney,figo\n", "line 2: 'source,target', expected the header"),
        (
            "source;target\nkidney,figo\n",
            "line 2: 1 fields, expected source,target; quote a field that has a semicolon",
        ),
        ("source;target\n\nkidney;figo;nso\n", "line 3: 3 fields"),
        ("source,target,source\nkidney,figo,x\n", "line 1: .*expected the header"),
        ("source,target,fuzzy\nkidney,figo,x\n", "line 1: .*expected the header"),
        ("source\nkidney\n", "line 1: 'source', expected the header"),
        ('source;target\n"kid\nney";"figo\n', "line 3: unexpected end of data"),
        ("source,target,status\nkidney,figo,perhaps\n", "line 2: the status 'perhaps', expected one such as approved"),
        ("source,target,status\nkidney,figo,forbidden\n", "1 translations and none agreed"),
    ],
)
def test_a_wrong_row_is_named_by_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read(tmp_path, text, "terms.csv")


def test_a_line_break_in_a_quoted_term_is_a_space(tmp_path: Path) -> None:
    text = 'source,target,note\r\n"blood\r\npressure","shinikizo\nla damu","one\ntwo"\r\n'
    assert read(tmp_path, text, "terms.csv") == [("blood pressure", "shinikizo la damu")]


AGREED_STATES = [
    "",
    "approved",
    "Approved ",
    "preferredTerm-admn-sts",
    "admitted",
    "standardizedTerm",
    "finalized",
    "legalTerm",
]
OTHER_STATES = [
    *("forbidden", "Forbidden", "obsolete", "deprecated", "deprecatedTerm", "deprecatedTerm-admn-sts", "superseded"),
    *("supersededTerm", "supersededTerm-admn-sts", "pending", "proposed", "proposedTerm", "draft", "unapproved"),
    *(
        "Not recommended",
        "rejected",
        "nonstandardizedTerm",
        "unprocessed",
        "provisionallyProcessed",
        "candidate",
        "new",
    ),
]


@pytest.mark.parametrize("state", OTHER_STATES)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_terms_that_are_not_agreed_do_not_count_in_csv(tmp_path: Path, state: str, delimiter: str) -> None:
    rows = [["source", "target", "status"], ["kidney", "figo", ""], ["kidney", "buki|jiwe", state], ["lung", "", state]]
    text = "".join(delimiter.join(row) + "\n" for row in rows)
    assert read(tmp_path, text, "terms.csv") == [("kidney", "figo")]


@pytest.mark.parametrize("state", AGREED_STATES)
def test_terms_that_are_agreed_count_in_csv(tmp_path: Path, state: str) -> None:
    assert read(tmp_path, f"source,target,note,status\nkidney,figo,,{state}\n", "terms.csv") == [("kidney", "figo")]


def concept(inside: str, section: str = "", above: str = "", version: int = 3, term: str = "buki") -> str:
    """A glossary in which "figo" is agreed, and another term has something said of it, its section or its concept."""
    entry, language, group = ("conceptEntry", "langSec", "termSec") if version == 3 else ("termEntry", "langSet", "tig")
    root = (
        '<tbx xmlns="urn:iso:std:iso:30042:ed-2" xmlns:min="http://www.tbxinfo.net/ns/min" xmlns:basic="b">{}</tbx>'
        if version == 3
        else '<!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd"><martif type="TBX">{}</martif>'
    )
    kidney = f'<{language} xml:lang="en"><{group}><term>kidney</term></{group}></{language}>'
    agreed = f'<{entry}>{kidney}<{language} xml:lang="sw"><{group}><term>figo</term></{group}></{language}></{entry}>'
    other = (
        f'<{entry}>{above}{kidney}<{language} xml:lang="sw">{section}<{group}><term>{term}</term>{inside}</{group}>'
        f"</{language}></{entry}>"
    )
    return root.format(f"<text><body>{agreed}{other}</body></text>")


SAID = [
    '<termNote type="administrativeStatus">{}</termNote>',
    '<termNote type="normativeAuthorization">{}</termNote>',
    '<termNote type="x-Usage status">{}</termNote>',
    '<admin type="status">\n {} \n</admin>',
    '<descripGrp><descrip type="processStatus">{}</descrip></descripGrp>',
    '<termNoteGrp><termNote type="languagePlanningQualifier">{}</termNote></termNoteGrp>',
]


@pytest.mark.parametrize("state", OTHER_STATES)
@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("version", [2, 3])
def test_terms_that_are_not_agreed_do_not_count_in_tbx(tmp_path: Path, state: str, said: str, version: int) -> None:
    assert read(tmp_path, concept(said.format(state), version=version), "terms.tbx") == [("kidney", "figo")]


@pytest.mark.parametrize("state", AGREED_STATES)
@pytest.mark.parametrize("said", SAID)
def test_terms_that_are_agreed_count_in_tbx(tmp_path: Path, state: str, said: str) -> None:
    found = read(tmp_path, concept(said.format(state)), "terms.tbx")
    assert found == [("kidney", "figo"), ("kidney", "buki")]


OF_A_TERM = [
    *(
        {"inside": f'<termNote type="{kind}">{said}</termNote>'}
        for kind, said in (("forbidden", "true"), ("x", "forbidden"))
    ),
    {"inside": '<termNote type="my own status">candidate</termNote>'},
    {"inside": '<note status="deprecated"/>'},
    {"section": '<descrip type="conceptStatus">obsolete</descrip>'},
    {"section": '<adminGrp><admin type="status">pending</admin></adminGrp>'},
    {"above": '<admin type="entryStatus">Proposed</admin>'},
]
OF_A_TERM_BY_NAME = [
    {"inside": "<min:administrativeStatus>deprecatedTerm-admn-sts</min:administrativeStatus>"},
    {"inside": "<basic:normativeAuthorization>supersededTerm</basic:normativeAuthorization>"},
    {"above": "<basic:processStatus>unprocessed</basic:processStatus>"},
]


@pytest.mark.parametrize(("said", "version"), [*product(OF_A_TERM, (2, 3)), *product(OF_A_TERM_BY_NAME, (3,))])
def test_what_is_said_of_a_term_its_section_or_its_concept_counts(
    tmp_path: Path, said: dict[str, str], version: int
) -> None:
    text = concept(said.get("inside", ""), said.get("section", ""), said.get("above", ""), version)
    assert read(tmp_path, text, "terms.tbx") == [("kidney", "figo")]


def test_flags_of_weblate_count(tmp_path: Path) -> None:
    text = concept("").replace("<conceptEntry>", '<conceptEntry weblate-flags="terminology, forbidden">', 2)
    text = text.replace('<conceptEntry weblate-flags="terminology, forbidden">', "<conceptEntry>", 1)
    assert read(tmp_path, text, "terms.tbx") == [("kidney", "figo")]
    allowed = text.replace("forbidden", "read-only")
    assert read(tmp_path, allowed, "terms.tbx") == [("kidney", "figo"), ("kidney", "buki")]


def test_a_status_that_nobody_knows_is_an_error_that_names_it(tmp_path: Path) -> None:
    text = concept('<termNote type="normativeAuthorization">meaitheadh</termNote>')
    with pytest.raises(
        UserError, match=r"terms\.tbx, concept 2 \(id none\): the status 'meaitheadh', expected one such"
    ):
        read(tmp_path, text, "terms.tbx")


def test_what_is_forbidden_in_one_place_is_agreed_nowhere(tmp_path: Path) -> None:
    text = concept("", term="figo").replace("</conceptEntry>", "</conceptEntry>", 1)
    assert read(tmp_path, text, "terms.tbx") == [("kidney", "figo")]
    forbidden = concept('<termNote type="administrativeStatus">forbidden</termNote>', term="figo")
    with pytest.raises(UserError, match="1 translations and none agreed"):
        read(tmp_path, forbidden, "terms.tbx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize("text", [VERSION_2, VERSION_3])
def test_tbx_is_read_in_the_encoding_that_it_states(tmp_path: Path, encoding: str, text: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    body = text.partition("?>")[2] if text.startswith("<?xml") else text
    (tmp_path / "terms.tbx").write_bytes((declared + body.replace(">ini<", ">café<")).encode(encoding))
    assert ("kidney", "figo") in pairs(tmp_path / "terms.tbx")


def test_tbx_in_another_encoding_than_it_states_is_an_error_that_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "terms.tbx").write_bytes(VERSION_2.replace("figo", "café").encode("latin-1"))
    with pytest.raises(UserError, match=r"terms\.tbx, line 6: .*expected well-formed TBX"):
        pairs(tmp_path / "terms.tbx")


@pytest.mark.parametrize("code", ["swa", "swh", "SW-KE", "sw_TZ"])
def test_languages_are_known_by_any_of_their_codes(tmp_path: Path, code: str) -> None:
    text = VERSION_3.replace('"sw_KE"', f'"{code}"').replace('xml:lang="en"', 'xml:lang="eng"')
    assert read(tmp_path, text, "terms.tbx") == AGREED


@pytest.mark.parametrize(("code", "simplified"), [("zh-TW", False), ("zh_Hant", False), ("zt", False), ("zh-CN", True)])
def test_traditional_chinese_is_not_simplified(tmp_path: Path, code: str, simplified: bool) -> None:
    file = tmp_path / "terms.tbx"
    file.write_text(VERSION_3.replace('"sw_KE"', f'"{code}"').replace("figo", "肾"), "utf-8")
    if simplified:
        assert ("kidney", "肾") in pairs(file, language("zh"))
    else:
        with pytest.raises(
            UserError, match=f"the languages en, sw, {code}, expected a concept with terms in en and zh"
        ):
            pairs(file, language("zh"))


def test_tbx_min_is_read(tmp_path: Path) -> None:
    text = (
        '<TBX dialect="TBX-Min"><body><entry id="1">'
        '<langGroup xml:lang="en"><termGroup><term>kidney</term></termGroup></langGroup><langGroup xml:lang="sw">'
        "<termGroup><term>figo</term><termStatus>preferred</termStatus></termGroup>"
        "<termGroup><term>buki</term><termStatus>notRecommended</termStatus></termGroup></langGroup></entry></body></TBX>"
    )
    assert read(tmp_path, text, "terms.tbx") == [("kidney", "figo")]


TERM = st.text(st.characters(codec="utf-8", exclude_characters="|\r\n"), min_size=1).filter(
    lambda term: any(map(str.isalnum, term)) and term.strip() == term
)


@given(st.lists(st.tuples(TERM, st.lists(TERM, min_size=1, max_size=3)), min_size=1, max_size=6))
def test_what_was_written_is_read(entries: list[tuple[str, list[str]]]) -> None:
    written = StringIO(newline="")
    csv.writer(written).writerows([("source", "target"), *((source, "|".join(told)) for source, told in entries)])
    expected = dict.fromkeys((source, each) for source, told in entries for each in told)
    with TemporaryDirectory() as folder:
        assert read(Path(folder), written.getvalue(), "terms.csv") == list(expected)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    with TemporaryDirectory() as folder:
        for name in ("a.csv", "a.tbx"):
            try:
                assert read(Path(folder), "source,target\n" + text if name == "a.csv" else text, name)
            except UserError as error:
                assert "expected" in str(error)

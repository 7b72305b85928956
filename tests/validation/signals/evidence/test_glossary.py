"""Glossaries as CSV and TBX: what is read, and what is refused with its place."""

import csv
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globmed.errors import UserError
from globmed.languages import language
from validation.signals.evidence.glossary import read_glossary

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


def test_another_encoding_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes("source,target\ncafé,kahawa\n".encode("latin-1"))
    with pytest.raises(UserError, match="cannot be read as UTF-8"):
        read_glossary(tmp_path / "latin.csv", ENGLISH, SWAHILI)


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

"""A glossary goes from CSV to TBX and back with the same terms."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from globmed.cli.main import application
from globmed.errors import UserError
from globmed.languages import language
from validation.signals.evidence.glossary import has_terms, read_glossary
from validation.signals.evidence.glossary_writer import write_glossary

PAIR = language("en"), language("sw")
TERM = st.text("ab 'é<&,\"ẹ́", min_size=1).map(lambda text: " ".join(f"x{text}".split()))


@pytest.mark.parametrize("name", ["terms.csv", "terms.tbx"])
@given(terms=st.lists(st.tuples(TERM, TERM), min_size=1, max_size=6, unique=True))
def test_it_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, name: str, terms: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("glossary") / name
    frame = pl.DataFrame(terms, schema=["source", "target"], orient="row")
    assert write_glossary(frame, path, *PAIR) == frame["source"].n_unique()
    read = read_glossary(path, *PAIR)
    assert sorted(read.rows()) == sorted(terms)


def test_the_command_converts_there_and_back(tmp_path: Path) -> None:
    first, middle, last = (tmp_path / name for name in ("a.csv", "b.tbx", "c.csv"))
    first.write_text("source,target\nfever,homa\nblood pressure,shinikizo la damu|presha\n", "utf-8")
    for source, out in ((first, middle), (middle, last)):
        done = CliRunner().invoke(
            application(), ["glossary", str(source), str(out), "--from", "en", "--to", "sw"], catch_exceptions=False
        )
        assert "2 terms" in done.stdout
    assert last.read_text("utf-8") == first.read_text("utf-8")


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    terms = pl.DataFrame({"source": ["fever"], "target": ["a|b"]})
    with pytest.raises(UserError, match="which separates terms in CSV"):
        write_glossary(terms, tmp_path / "a.csv", *PAIR)
    with pytest.raises(UserError, match=r"ends in \.csv or \.tbx"):
        write_glossary(terms, tmp_path / "a.xlsx", *PAIR)
    assert not list(tmp_path.glob("*.*"))


def test_a_header_alone_is_a_glossary_to_fill(tmp_path: Path) -> None:
    stub = tmp_path / "a.csv"
    stub.write_text("source,target,note\n", "utf-8")
    assert not has_terms(stub)
    stub.write_text("source,target,note\nfever,homa,\n", "utf-8")
    assert has_terms(stub)
    stub.write_bytes(b"\xff")
    with pytest.raises(UserError, match="cannot be read as UTF-8"):
        has_terms(stub)

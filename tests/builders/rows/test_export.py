"""A build's texts go out as TMX, and come back as the same rows."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from builders.rows.export import Exported, export_memory
from builders.translate.memory import read_tmx
from globmed.cli.main import application
from globmed.errors import UserError
from globmed.languages import language, select
from globmed.storage.parquet import write_parquet
from tests.conftest import SAMPLE

YORUBA = language("yoruba")


def rows(folder: BuildFolder) -> pl.DataFrame:
    return pl.read_parquet(folder.assembled(YORUBA)).drop("provenance")


def test_what_goes_out_comes_back_as_the_same_rows(faulty_build: BuildFolder, tmp_path: Path) -> None:
    out = tmp_path / "yo.tmx"
    exported = export_memory(faulty_build, YORUBA, out)
    texts = pl.read_parquet(faulty_build.segments)["key"].n_unique()
    assert exported == Exported(texts, 0, 0)
    again = BuildFolder(tmp_path / "again")
    # The memory of English and Yoruba, and that which makes English of what was born in French.
    build(SAMPLE.parent, [out, SAMPLE / "tmx" / "en-fr.tmx"], select("english,yoruba"), again.root)
    assert rows(again).equals(rows(faulty_build))
    assert export_memory(again, YORUBA, tmp_path / "again.tmx") == exported


def test_what_is_to_be_translated_is_human_once_it_is_filled_in(tmp_path: Path) -> None:
    folder, out = BuildFolder(tmp_path / "build"), tmp_path / "yo.tmx"
    build(SAMPLE.parent, [], select("english,yoruba"), folder.root)
    with pytest.raises(UserError, match="nothing is translated into yoruba; --untranslated"):
        export_memory(folder, YORUBA, out)
    exported = export_memory(folder, YORUBA, out, untranslated=True)
    assert (exported.translated, exported.unfit) == (0, 0)
    assert list(read_tmx(out)) == [], "nothing is known yet"
    head, _, rest = out.read_text("utf-8").partition("</seg>\n      </tuv>")
    filled = f'{head}</seg></tuv><tuv xml:lang="yo"><seg>Ibà</seg></tuv>{rest}'
    out.write_text(filled, "utf-8")
    (unit,) = read_tmx(out)
    assert (unit.language, unit.text, unit.origin) == ("yo", "Ibà", "human")


def test_a_text_that_xml_cannot_hold_is_left_out_and_counted(faulty_build: BuildFolder, tmp_path: Path) -> None:
    copy = BuildFolder(tmp_path / "copy")
    write_parquet(pl.read_parquet(faulty_build.segments), copy.segments)
    made = pl.read_parquet(faulty_build.translations(YORUBA))
    marked = [*(["a\rb", "\x0b", "\ufffe"]), *made["text"][3:]]
    write_parquet(made.with_columns(text=pl.Series(marked)), copy.translations(YORUBA))
    exported = export_memory(copy, YORUBA, tmp_path / "yo.tmx")
    assert (exported.translated, exported.unfit) == (made.height - 3, 3)
    assert len(list(read_tmx(tmp_path / "yo.tmx"))) == made.height - 3


def test_the_command_says_how_many(faulty_build: BuildFolder, tmp_path: Path) -> None:
    out = tmp_path / "sw.tmx"
    arguments = ["export", "sw", str(out), "--build", str(faulty_build.root)]
    said = CliRunner().invoke(application(), [*arguments, "--json"], catch_exceptions=False).stdout
    assert json.loads(said)["translated"] == len(list(read_tmx(out)))
    assert "with a translation, 0 without" in CliRunner().invoke(application(), arguments).stdout
    with pytest.raises(UserError, match="has no translations into zulu"):
        CliRunner().invoke(application(), ["export", "zu", *arguments[2:]], catch_exceptions=False)

"""What other packages add: found by their entry points, and refused in a line where these lead to nothing."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.rows.artifacts.code import code_of
from builders.sources import PLUGINS, _Registry
from builders.sources.source import Source
from globmed.errors import UserError
from globmed.storage.plugins import code_of_plugins, packages_of, plugged_in

SOURCE = """
from dataclasses import replace
from builders.sources.sample import SAMPLE
OTHER = replace(SAMPLE, name={name!r}, folder={name!r})
NUMBER = 7
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package with a source, as pip leaves one: its modules, and what it says of itself."""
    package, told = tmp_path / "ward_cards", tmp_path / "ward_cards-2.1.dist-info"
    package.mkdir()
    told.mkdir()
    (package / "__init__.py").write_text(SOURCE.format(name="ward"), "utf-8")
    (package / "words.toml").write_text("yes = 1\n", "utf-8")
    (told / "METADATA").write_text("Metadata-Version: 2.4\nName: ward-cards\nVersion: 2.1\n", "utf-8")
    (told / "entry_points.txt").write_text(f"[{PLUGINS}]\nward = ward_cards:OTHER\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("ward_cards", None)


def test_a_source_of_another_package_is_one_of_the_sources(installed: Path) -> None:
    registry = _Registry()
    assert registry["ward"].folder == "ward"
    assert {"sample", "medqa", "ward"} <= set(registry)
    assert packages_of(PLUGINS) == {"ward-cards": "2.1"}


def test_its_code_belongs_to_the_stages_that_read_sources_alone(installed: Path) -> None:
    files = {installed / "ward_cards" / name for name in ("__init__.py", "words.toml")}
    assert set(code_of_plugins(PLUGINS)) == files
    code_of.cache_clear()
    try:
        assert files <= set(code_of("builders.sources"))
        assert not files & set(code_of("globmed.languages"))
    finally:
        code_of.cache_clear()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("ward_cards:NONE", r"ward-cards: its entry point ward = ward_cards:NONE leads to nothing"),
        ("ward_crads:OTHER", r"ward-cards: .* leads to nothing \(No module named 'ward_crads'\)"),
        ("ward_cards:NUMBER", "is of type int, expected Source: correct it there, or uninstall the package"),
    ],
)
def test_an_entry_point_that_leads_to_no_source_is_one_line(installed: Path, value: str, message: str) -> None:
    (installed / "ward_cards-2.1.dist-info" / "entry_points.txt").write_text(f"[{PLUGINS}]\nward = {value}\n", "utf-8")
    with pytest.raises(UserError, match=message):
        plugged_in(PLUGINS, Source)


def test_two_sources_of_one_name_are_refused(installed: Path) -> None:
    (installed / "ward_cards" / "__init__.py").write_text(SOURCE.format(name="medqa"), "utf-8")
    with pytest.raises(UserError, match="ward-cards: its source 'medqa' has the name of another"):
        len(_Registry())

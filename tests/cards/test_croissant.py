"""``croissant.json``, read by Croissant's own library."""

import json
from pathlib import Path
from typing import Any

import mlcroissant
import polars as pl
import pytest

from cards.words import statements
from globmed.records.manifest import MANIFEST
from globmed.schema import FIELDS

#: A release is the same bytes however often it is made, so it has no date.
NO_DATE = 'Property "https://schema.org/datePublished" is recommended, but does not exist.'
#: How the library shows a list of options that is null.
NO_OPTIONS = [{"label": None, "text": None}]


@pytest.fixture(scope="module")
def dataset(candidate: Path) -> Any:
    return mlcroissant.Dataset(candidate / "croissant.json")


def test_it_is_valid_croissant_1_1(dataset: Any) -> None:
    issues = dataset.metadata.ctx.issues
    assert not issues.errors
    assert [str(warning).endswith(NO_DATE) for warning in issues.warnings] == [True]
    assert dataset.metadata.ctx.conforms_to.value == "http://mlcommons.org/croissant/1.1"
    assert dataset.metadata.version == "0.1.0"
    assert dataset.metadata.data_limitations == statements().limitations


def test_its_records_are_the_rows_of_the_files(dataset: Any, candidate: Path) -> None:
    for config in ("english", "swahili"):
        files = pl.read_parquet(candidate / "data" / config / "*.parquet", include_file_paths="split")
        expected = {
            row["id"]: row | {"split": Path(row["split"]).name.split("-")[0], "options": row["options"] or NO_OPTIONS}
            for row in files.to_dicts()
        }
        records = [plain(record) for record in dataset.records(config)]
        assert len(records) == len(expected)
        assert {record["id"]: record for record in records} == expected


def test_its_files_are_those_of_the_manifest(candidate: Path) -> None:
    described = json.loads((candidate / "croissant.json").read_text("utf-8"))
    manifest = json.loads((candidate / MANIFEST).read_text("utf-8"))["files"]
    files = {each["@id"]: each["sha256"] for each in described["distribution"] if each["@type"] == "cr:FileObject"}
    assert files == {name: entry["sha256"] for name, entry in manifest.items() if name.startswith("data/")}
    assert "croissant.json" in manifest
    for records in described["recordSet"]:
        assert [field["name"] for field in records["field"]] == ["split", *(field.name for field in FIELDS)]


def test_a_changed_description_is_not_valid(candidate: Path, tmp_path: Path) -> None:
    described = json.loads((candidate / "croissant.json").read_text("utf-8"))
    del described["distribution"][0]["sha256"]
    described["recordSet"][0]["field"][1]["source"]["fileSet"]["@id"] = "files/klingon"
    (tmp_path / "croissant.json").write_text(json.dumps(described), "utf-8")
    with pytest.raises(mlcroissant.ValidationError, match="klingon"):
        mlcroissant.Dataset(tmp_path / "croissant.json")


def plain(value: Any) -> Any:
    """Return a record as a row: texts for bytes, and fields by their own names."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, dict):
        return {name.rpartition("/")[2]: plain(part) for name, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list) else value

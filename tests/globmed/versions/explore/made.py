"""A version of made-up rows, in files as a release has them, and its publication."""

from pathlib import Path
from typing import Any

import polars as pl
from huggingface_hub import HfApi

from globmed.records.manifest import MANIFEST, FileEntry, Manifest
from globmed.records.record import write_record
from globmed.schema import arrow_schema, polars_schema
from globmed.storage.parquet import write_parquet
from globmed.versions.client import HubAccess

HOSTILE = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"
LANGUAGES = {"english": "en", "swahili": "sw", "yoruba": "yo"}
DOSE = "exam/test/dose"
ENGLISH_DOSE = "A child of 12 kg takes 250 mg of amoxicillin every 8 hours. How much is that a day?"
#: 500 in place of 250 is the fault that the row is flagged for.
SWAHILI_DOSE = "Mtoto wa kilo 12 anapewa mg 500 za amoksisilini kila baada ya saa 8. Ni kiasi gani kwa siku?"


def rows(config: str) -> pl.DataFrame:
    """The rows of a language: 31 questions, of which Yoruba has every other one."""
    numbers = [number for number in range(30) if config != "yoruba" or number % 2 == 0]
    made = [_row(config, number) for number in numbers]
    return pl.DataFrame([*made, _dose(config)], schema=polars_schema())


def _row(config: str, number: int) -> dict[str, Any]:
    source, split = ("ward", "train") if number % 3 else ("exam", "test")
    yes_or_no = number % 5 == 0
    return _common(config, f"{source}/{split}/{number:02}") | {
        "source": source,
        "task": "yesno" if yes_or_no else "lfqa",
        "question": f"Question {number:02} in {config}, {HOSTILE if number == 7 else 'asked on the ward'}",
        "answer": "yes" if yes_or_no else None,
        "long_answer": f"An answer with the word {'zebra' if number == 21 else 'horse'}.",
        "specialty": "Pediatrics" if number == 4 else None,
    }


def _dose(config: str) -> dict[str, Any]:
    text = {"english": ENGLISH_DOSE, "swahili": SWAHILI_DOSE}.get(config, ENGLISH_DOSE)
    flagged = config == "swahili"
    return _common(config, DOSE) | {
        "source": "exam",
        "task": "mcqa",
        "question": text,
        "options": [{"label": "A", "text": "500 mg"}, {"label": "B", "text": "750 mg"}],
        "answer": "B",
        "origin": "original" if config == "english" else "postedited",
        "quality": {"numbers": 0.5 if flagged else 1.0, "reasons": ["number_changed"] if flagged else []},
        "review": {"status": "reviewed", "raters": 2, "accuracy": 4.5},
    }


def _common(config: str, id_: str) -> dict[str, Any]:
    return {
        "id": id_,
        "language": LANGUAGES[config],
        "origin": "original" if config == "english" else "machine",
        "provenance": {"upstream": "clinic/questions", "licence": "CC-BY-4.0", "revision": "0123abc"},
        "quality": {"reasons": []},
        "review": {"status": "unreviewed", "raters": 0},
    }


def write_rows(data: Path) -> None:
    """Write ``<config>/<split>-<source>.parquet`` of every language."""
    for config in LANGUAGES:
        for (source,), part in rows(config).sort("id").partition_by("source", as_dict=True).items():
            split = "train" if source == "ward" else "test"
            write_parquet(part, data / config / f"{split}-{source}.parquet", arrow_schema())


def publish(folder: Path, repository: str, access: HubAccess, *, private: bool = False) -> str:
    """Publish the rows as version 1.0.0 of a repository, and return its commit."""
    write_rows(folder / "data")
    files = {
        path.relative_to(folder).as_posix(): FileEntry.of(path, pl.read_parquet(path).height)
        for path in sorted(folder.rglob("*.parquet"))
    }
    configs = {config: {"test": 11, "train": 20} for config in LANGUAGES}
    write_record(folder / MANIFEST, Manifest("1.0.0", configs, files, repository=repository, private=private))
    api = HfApi(endpoint=access.endpoint, token=access.token)
    api.create_repo(repository, repo_type="dataset", private=private)
    commit = api.upload_folder(repo_id=repository, folder_path=folder, repo_type="dataset").oid
    api.create_tag(repository, tag="v1.0.0", repo_type="dataset")
    return str(commit)

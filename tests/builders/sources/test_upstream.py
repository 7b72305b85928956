"""The published files themselves, where they are at hand."""

import json
import random
import re
import shutil
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from builders.sources import SOURCES
from builders.sources.items import ItemsReport, build_items
from globmed.errors import UserError
from tests.builders.sources.fixtures import answers, items, parse

#: (records, items) by source and language.
COUNTS = {
    ("medqa", "en"): (1273, 1176),
    ("medmcqa", "en"): (800, 794),
    ("mmlu_pro", "en"): (818, 818),
    ("headqa", "es"): (6765, 6403),
    ("headqa", "en"): (6765, 6401),
    ("casimedicos", "es"): (553, 548),
    ("casimedicos", "en"): (553, 548),
    ("casimedicos", "fr"): (553, 548),
    ("pubmedqa", "en"): (1000, 1000),
    ("liveqa", "en"): (968, 801),
    ("expertqa_med", "en"): (2169, 497),
    ("expertqa_bio", "en"): (2169, 93),
}


@pytest.fixture(scope="module")
def built(upstream: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[ItemsReport, pl.DataFrame]:
    out = tmp_path_factory.mktemp("build") / "items"
    return build_items(upstream, out), pl.read_parquet(out / "items.parquet")


def test_every_record_is_accounted_for(built: tuple[ItemsReport, pl.DataFrame]) -> None:
    report, table = built
    counts = {
        (name, tag): (tally.records, tally.items)
        for name, source in report.sources.items()
        for tag, tally in source.languages.items()
    }
    assert counts == COUNTS
    assert table.filter(language="en").height >= 11_000
    assert report.total.rejects == {
        "needs an image": 330,
        "duplicate": 167,
        "outside the source's field of medicine": 1672 + 2076,
        "missing figure": 97 + 6,
        "keys of another version of the exam": 2 * 196,
        "right option twice": 4,
        "two keys for one question": 7,
        "languages disagree": 8,
    }
    assert report.sources["casimedicos"].unused == ["LICENSE", "dev.it.jsonl", "test.it.jsonl", "train.it.jsonl"]


#: Of the items of a source, the share with a specialty and with a year.
ABOUT = {
    "medmcqa": (1.0, 0.101),
    "mmlu_pro": (1.0, 0.0),
    "headqa": (1.0, 1.0),
    "casimedicos": (0.836, 0.0),
    "expertqa_med": (0.53, 0.0),
    "pubmedqa": (0.0, 0.942),
    "medqa": (0.0, 0.0),
}


def test_specialties_and_years_are_those_that_the_publishers_state(built: tuple[ItemsReport, pl.DataFrame]) -> None:
    _, table = built
    shares = table.group_by("source").agg(pl.col("specialty", "year").is_not_null().mean())
    found = {name: shared for name, *shared in shares.iter_rows() if name in ABOUT}
    assert found == {name: pytest.approx(shared, abs=0.02) for name, shared in ABOUT.items()}
    assert dict(table.filter(pl.col("country").is_not_null()).group_by("country").len().iter_rows()).keys() == {
        *("ES", "IN", "US")
    }


def test_ids_are_unique_in_a_language_and_harmless(built: tuple[ItemsReport, pl.DataFrame]) -> None:
    _, table = built
    assert table.select("id", "language").is_unique().all()
    assert table["id"].str.contains(r"^[A-Za-z0-9._/%-]+$").all()


@pytest.mark.parametrize(("source", "languages"), [("headqa", ("es", "en")), ("casimedicos", ("es", "en", "fr"))])
def test_parallel_sources_have_the_same_ids_and_answers(
    built: tuple[ItemsReport, pl.DataFrame], source: str, languages: tuple[str, ...]
) -> None:
    _, table = built
    first, *others = (
        table.filter(source=source, language=tag).select(
            "id", "split", "answer", pl.col("options").list.eval(pl.element().struct.field("label"))
        )
        for tag in languages
    )
    # In HEAD-QA, the English of two sound Spanish items has the right option twice.
    lone = {"headqa": {"headqa/train/Cuaderno_2013_1_Q/17", "headqa/train/Cuaderno_2014_1_E/155"}}.get(source, set())
    for other in others:
        assert set(first["id"]) - set(other["id"]) == lone
        assert first.join(other, on="id", how="semi").equals(other)


def test_splits_are_the_official_ones(built: tuple[ItemsReport, pl.DataFrame]) -> None:
    _, table = built
    splits = Counter(table.filter(source="pubmedqa")["split"].to_list())
    assert splits["test"] == 500
    assert splits["train"] + splits["validation"] == 500
    assert set(table.filter(source="medmcqa")["split"]) == {"validation"}


def first_file(source: str, upstream: Path) -> Path:
    folder = upstream / SOURCES[source].folder
    pattern = {"headqa": "HEAD/dev*", "casimedicos": "dev.en*", "pubmedqa": "ori*", "expertqa_med": "*val*"}
    return min(folder.glob(pattern.get(source, "*[nl]")), key=lambda path: path.stat().st_size)


PUBLISHED = ["medqa", "medmcqa", "mmlu_pro", "headqa", "casimedicos", "pubmedqa", "liveqa", "expertqa_med"]


@pytest.fixture
def copied(upstream: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(upstream, tmp_path / "upstream", copy_function=shutil.copyfile))


@pytest.mark.parametrize("source", PUBLISHED)
def test_a_file_that_was_cut_off_is_refused_or_gives_fewer_items(source: str, copied: Path, upstream: Path) -> None:
    folder = copied / SOURCES[source].folder
    path = folder / first_file(source, copied).relative_to(folder)
    whole = answers(parse(source, upstream / folder.name))
    content = path.read_bytes()
    for at in random.Random(7).sample(range(len(content) - 1), 6):  # noqa: S311 -- no secret
        path.write_bytes(content[:at])
        try:
            cut = answers(parse(source, folder))
        except UserError as error:
            assert path.name in str(error)
        else:
            assert cut.items() <= whole.items()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
@pytest.mark.parametrize("source", PUBLISHED)
def test_another_encoding_is_refused_or_changes_nothing(
    source: str, encoding: str, copied: Path, upstream: Path
) -> None:
    folder = copied / SOURCES[source].folder
    path = first_file(source, copied)
    text = path.read_text("utf-8")
    path.write_bytes(text.encode(encoding, "replace"))
    try:
        recoded = answers(parse(source, folder))
    except UserError as error:
        assert path.name in str(error)
    else:
        # Plain ASCII is the same in Latin-1.
        assert text.isascii()
        assert recoded == answers(parse(source, upstream / folder.name))


@pytest.mark.parametrize("source", ["medqa", "medmcqa", "mmlu_pro", "casimedicos", "expertqa_med"])
def test_shuffled_lines_give_the_same_items(source: str, copied: Path, upstream: Path) -> None:
    folder = copied / SOURCES[source].folder
    for path in folder.glob("*.json*"):
        lines = path.read_bytes().splitlines(keepends=True)
        random.Random(11).shuffle(lines)  # noqa: S311 -- no secret
        path.write_bytes(b"".join(line.rstrip(b"\n") + b"\n" for line in lines))
    whole, shuffled = (parse(source, base / folder.name) for base in (upstream, copied))
    assert answers(whole) == answers(shuffled)
    assert len(items(whole)) == len(items(shuffled))


def medqa_form(record: dict[str, Any]) -> None:
    record.update(answer=f"{record['answer'].upper()} .", answer_idx=f"({record['answer_idx'].lower()})")


def mmlu_form(record: dict[str, Any]) -> None:
    record.update(answer=f"{record['answer'].lower()}. ", category="Health ")


def expertqa_form(record: dict[str, Any]) -> None:
    record["question"] = f" {unicodedata.normalize('NFD', record['question'])}\u00a0\n"


FORMS: dict[str, Callable[[dict[str, Any]], object]] = {
    "medqa": medqa_form,
    "medmcqa": lambda record: None,
    "mmlu_pro": mmlu_form,
    "casimedicos": lambda record: record.update(lang=record["lang"].upper()),
    "expertqa_med": expertqa_form,
    "expertqa_bio": expertqa_form,
}


@pytest.mark.parametrize("source", FORMS)
def test_an_array_of_answers_in_another_form_gives_the_same_items(source: str, copied: Path, upstream: Path) -> None:
    folder = copied / SOURCES[source].folder
    for path in folder.glob("*.json*"):
        records = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]
        for record in records:
            FORMS[source](record)
        path.write_text(json.dumps(records, indent=1, ensure_ascii=False), "utf-8-sig")
    assert answers(parse(source, folder)) == answers(parse(source, upstream / folder.name))


def test_decisions_in_another_form_give_the_same_items(copied: Path, upstream: Path) -> None:
    folder = copied / "pubmedqa"
    for path in folder.glob("*.json"):
        path.write_text(re.sub('"(yes|no|maybe)"', lambda found: f'"{found[1].title()}. "', path.read_text("utf-8")))
    assert answers(parse("pubmedqa", folder)) == answers(parse("pubmedqa", upstream / "pubmedqa"))

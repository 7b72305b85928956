"""The README and the languages' pages: what they say, and that nobody else can say it for them."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.dataset import DatasetCard, Picture
from cards.figures import Gap, Leaks, SourceFigures, count_configs
from cards.licence import licence_page
from cards.tables.dataset import sources as sources_table
from cards.words import abstracts, reasons, statements
from globmed.errors import UserError
from globmed.languages import languages
from globmed.schema import FIELDS, SIGNALS, SPLITS
from globmed.versions.numbers import Version
from tests.cards.hostile import LINES
from tests.cards.reading import by_name, fences, headings, images, kinds, links, number, parts, tables
from tests.conftest import SAMPLED
from validation.signals.numbers import signal as numbers
from validation.signals.rows import options

CITATION = "@misc{sample,\n  title = {A title}\n}"
SAMPLE = SourceFigures("sample", "The sample", ["mcqa", "nli"], "CC0-1.0", "globmed/GlobMed", None, "our own", CITATION)
EXPERTQA = replace(SAMPLE, name="expertqa_med", upstream="https://example.org/x", revision="1.0")
SECRET = replace(
    SAMPLE, name="secret", title="The secret", licence="none stated", publish_reason="no licence is stated"
)


@pytest.fixture(scope="module")
def card(varied: Path) -> DatasetCard:
    return DatasetCard(
        "globmed/GlobMed",
        Version(0, 1, 0),
        count_configs(varied),
        [SAMPLE, EXPERTQA],
        [SECRET],
        private=False,
        leaks=[Leaks("sample", "expertqa_med", 1_234)],
        gaps=[Gap("wolof", "sample", 30, 12), Gap("wolof", "expertqa_med", 5, 0)],
    )


def test_a_commit_is_shortened_and_the_repository_before_it_is_not() -> None:
    fetched = replace(SAMPLE, revision=f"bigbio/med_qa@{'0123456789abcdef0123' * 2}")
    shown = sources_table([fetched, EXPERTQA])
    assert "`bigbio/med_qa@0123456789ab`" in shown
    assert "`1.0`" in shown


def test_the_front_matter_is_short_and_whole(card: DatasetCard) -> None:
    found, body = parts(card.render())
    assert found["configs"] == [
        {
            "config_name": name,
            "data_files": [{"split": split, "path": f"data/{name}/{split}-*.parquet"} for split in SPLITS],
        }
        for name in ("english", "swahili", "wolof")
    ]
    assert found["language"] == ["en", "sw", "wo"]
    assert found["task_categories"] == ["multiple-choice", "question-answering", "text-classification"]
    assert found["size_categories"] == ["n<1K"]
    assert body.startswith("\n# GlobMed\n")
    every = [replace(card.configs[0], language=language) for language in languages().values()]
    full = replace(card, configs=every).render()
    assert len(full.split("---\n")[1].splitlines()) < 20 + 6 * len(every)


def test_rows_of_the_card_are_those_of_the_files(card: DatasetCard, varied: Path) -> None:
    found = tables(parts(card.render())[1])
    by_split, by_source = map(by_name, found["Languages"])
    for config in ("english", "swahili", "wolof"):
        for split in SPLITS:
            assert number(by_split[config][split]) == rows(varied, f"{config}/{split}-*")
        assert number(by_split[config]["rows"]) == rows(varied, f"{config}/*")
        for source in ("sample", "expertqa_med"):
            assert number(by_source[config][source]) == rows(varied, f"{config}/*-{source}")
    assert f"{rows(varied, '*/*'):,} rows from 2 sources" in card.render()


def test_shares_of_the_card_are_those_of_the_files(card: DatasetCard, varied: Path) -> None:
    found = tables(parts(card.render())[1])
    (origins,) = map(by_name, found["How the texts were made"])
    quality, signals = map(by_name, found["Quality"])
    (answers,) = map(by_name, found["Balance of the answers"])
    measured = f"coalesce({', '.join(f'quality.{signal}' for signal in SIGNALS)}) IS NOT NULL"
    configs = {each.language.name: each for each in card.configs}
    for config, tag in (("swahili", "sw"), ("wolof", "wo")):
        files = f"{config}/*"
        for origin in ("original", "human", "postedited", "machine"):
            assert origins[config][origin] == share(varied, files, f"origin = '{origin}'")
        assert number(origins[config]["rows reviewed"]) == rows(varied, files, "review.status = 'reviewed'")
        assert number(quality["rows measured"][tag]) == rows(varied, files, measured)
        assert number(quality["critical, rows"][tag]) == rows(varied, files, "quality.critical")
        assert number(quality["numbers unresolved, rows"][tag]) == rows(varied, files, "provenance.unresolved > 0")
        spread = configs[config].quality.signals["numbers"]
        assert signals["numbers"][tag] == f"{spread.median:.2f} ({spread.low:.2f}–{spread.high:.2f})"
        for reason in ("length", "number_changed"):
            flagged = f"list_contains(quality.reasons, '{reason}')"
            assert quality[reason][tag] == share(varied, files, flagged, measured)
        for answer in ("yes", "no"):
            found_share = share(varied, files, f"answer = '{answer}'", "task = 'yesno'")
            assert f"{answer} {found_share}" in answers[config]["yesno"]


def test_pages_have_the_figures_of_their_language(card: DatasetCard, varied: Path) -> None:
    page = card.page(card.configs[2])
    found = tables(page)
    (by_split,), origins = map(by_name, found["Rows"]), by_name(found["Origin"][0])
    for source in ("sample", "expertqa_med"):
        for split in SPLITS:
            assert number(by_split[source][split]) == rows(varied, f"wolof/{split}-{source}")
        for origin in ("human", "machine"):
            assert number(origins[source][origin]) == rows(varied, f"wolof/*-{source}", f"origin = '{origin}'")
    assert (by_split["all"]["rows"], by_split["all"]["absent"]) == (str(rows(varied, "wolof/*")), "35")
    assert by_split["sample"]["of these withheld"] == "12"
    quality = by_name(found["Quality"][0])
    assert number(quality["length"]["rows"]) == rows(varied, "wolof/*", "list_contains(quality.reasons, 'length')")
    assert (quality["number_changed"]["critical"], quality["length"]["critical"]) == ("yes", "")
    assert "not yet been reviewed by a native speaker" in page
    assert "CLD2" in page
    assert "No row was measured" in card.page(card.configs[0])


def test_what_was_left_out_is_counted(card: DatasetCard) -> None:
    leaks, gaps = tables(parts(card.render())[1])["What was left out"]
    assert leaks[1] == ["sample", "expertqa_med", "1,234"]
    assert gaps[1][:3] == ["wolof", "35", "12"]
    whole = replace(card, leaks=(), gaps=()).render()
    assert "Every English item is in every language." in whole
    assert "No item of train was found whose question" in whole


def test_what_was_withheld_is_named_with_its_reason(card: DatasetCard) -> None:
    text = card.render()
    assert "| `secret` | The secret | no licence is stated |" in text
    assert "none stated" not in text
    assert "Built, but not in this repository" not in replace(card, withheld=()).render()


def test_a_private_card_says_that_it_must_not_be_passed_on(card: DatasetCard) -> None:
    assert "This repository is private" in replace(card, private=True).render().split("## Load")[0]
    assert "This repository is private" not in card.render()


def test_the_card_pins_its_version(card: DatasetCard) -> None:
    elsewhere = replace(card, repository="hospital/private", version=Version(2, 1, 0)).render()
    load, stream, checked = fences(elsewhere, "python")
    assert 'load_dataset("hospital/private", "swahili", revision="v2.1.0")' in load
    assert 'revision="v2.1.0", split="test", streaming=True' in stream
    assert 'globmed.load("swahili", version="2.1.0", repository="hospital/private")' in checked
    (citation,) = fences(elsewhere, "bibtex")
    assert "@misc{globmed-2.1.0," in citation
    assert "0.1.0" not in elsewhere
    assert all(f"| `{field.name}` |" in elsewhere for field in FIELDS)


def test_pictures_stand_above_the_table_that_says_the_same(card: DatasetCard) -> None:
    assert not images(card.render())
    hostile = "Answers. ](x) *all* <b>"
    names = ("parity", "origins", "signals", "labels")
    shown = parts(replace(card, pictures={name: Picture(f"figures/{name}.svg", hostile) for name in names}).render())[1]
    assert images(shown) == [(f"figures/{name}.svg", hostile) for name in names]
    assert headings(shown) == headings(parts(card.render())[1])
    for name, heading in (("origins", "How the texts were made"), ("labels", "Balance of the answers")):
        _, _, below = shown.partition(f"(figures/{name}.svg)\n\n")
        assert below.startswith("| config |")
        assert tables(shown)[heading] == tables(parts(card.render())[1])[heading]
    with pytest.raises(UserError, match="expected a file inside the repository"):
        replace(card, pictures={"labels": Picture("../rows.svg", "")})


@settings(max_examples=20, deadline=None)
@given(LINES, LINES, LINES, st.lists(LINES, min_size=1, max_size=3))
def test_no_descriptor_changes_the_form_of_a_card(
    card: DatasetCard, title: str, licence: str, reason: str, citation: list[str]
) -> None:
    hostile = replace(SAMPLE, title=title, licence=licence, revision=reason, citation="\n".join(citation))
    secret = replace(SECRET, title=title, publish_reason=reason)
    front_matter, body = parts(replace(card, sources=[hostile, EXPERTQA], withheld=[secret]).render())
    expected_front_matter, expected = parts(card.render())
    assert front_matter == expected_front_matter
    assert headings(body) == headings(expected)
    assert not kinds(body) & {"html_block", "html_inline", "image"}
    shape = {heading: [[len(line) for line in each] for each in found] for heading, found in tables(body).items()}
    assert shape == {heading: [[len(line) for line in each] for each in f] for heading, f in tables(expected).items()}
    page = licence_page(hostile)
    assert len(headings(page)) == 1
    assert len(fences(page, "bibtex")) == 1


@settings(max_examples=20, deadline=None)
@given(LINES, LINES)
def test_no_language_or_engine_changes_the_form_of_a_page(card: DatasetCard, native: str, engine: str) -> None:
    config = card.configs[2]
    hostile = replace(
        config,
        language=replace(config.language, native_name=native, script=native),
        engines=[replace(config.engines[0], engine=engine, package=engine)],
        answers={"yesno": {engine: 3}},
        quality=replace(config.quality, reasons={engine: 2}),
    )
    page, expected = card.page(hostile), card.page(config)
    assert headings(page) == headings(expected)
    assert not kinds(page) & {"html_block", "html_inline", "image"}
    assert tables(page)["Rows"] == tables(expected)["Rows"]
    assert [len(line) for line in tables(page)["Quality"][0]] == [5, 5]


def test_names_that_are_none_are_refused(card: DatasetCard) -> None:
    language = card.configs[0].language
    for wrong, message in (
        ({"repository": 'a/b"); import os; ("'}, "expected owner/name"),
        ({"sources": [replace(SAMPLE, name="../../x")]}, "expected a name of a-z"),
        ({"sources": [replace(SAMPLE, name="exam_test")]}, "'test' would be taken for a split"),
        ({"configs": [replace(card.configs[0], language=replace(language, name="a|b"))]}, "expected a name of a-z"),
        ({"configs": [replace(card.configs[0], language=replace(language, tag="no\n---"))]}, "expected BCP-47"),
    ):
        with pytest.raises(UserError, match=message):
            replace(card, **wrong)
    with pytest.raises(UserError, match="has the character"):
        replace(card, sources=[replace(SAMPLE, title="a\n---\nb")]).render()
    with pytest.raises(UserError, match="expected owner/name on the Hub or https"):
        replace(card, sources=[replace(SAMPLE, upstream="javascript:alert(1)")]).render()


def test_links_of_the_card_lead_to_files_of_the_candidate(candidate: Path) -> None:
    for path in [candidate / "README.md", *(candidate / "languages").iterdir()]:
        text = path.read_text("utf-8")
        found = [*links(text), *(source for source, _ in images(text))]
        assert found
        for link in found:
            assert urlsplit(link).scheme == "https" or (path.parent / link).resolve().is_relative_to(candidate)
            assert urlsplit(link).scheme == "https" or (path.parent / link).is_file(), f"{path.name}: {link}"


def test_every_language_has_a_page_and_those_of_the_sample_an_abstract() -> None:
    assert abstracts().keys() == languages().keys()
    assert all(entry.limits for entry in abstracts().values())
    assert all(entry.abstract for entry in abstracts().values() if entry.reviewed)
    assert all(abstracts()[entry.name].abstract for entry in SAMPLED)
    assert statements().limitations


def test_every_reason_that_a_row_can_have_is_explained() -> None:
    for documented in (numbers.__doc__, options.options.__doc__):
        assert documented
        codes = {part for part in documented.split("``")[1::2] if "_" in part}
        assert codes <= {code for code, reason in reasons().items() if reason.critical}


def rows(folder: Path, files: str, condition: str = "true") -> int:
    query = f"SELECT count(*) FROM read_parquet('{folder}/{files}.parquet') WHERE {condition}"
    ((found,),) = duckdb.connect().execute(query).fetchall()
    return int(found)


def share(folder: Path, files: str, condition: str, whole: str = "true") -> str:
    return f"{100 * rows(folder, files, f'{condition} AND {whole}') / rows(folder, files, whole):.1f} %"

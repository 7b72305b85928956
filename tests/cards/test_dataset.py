"""The README and the pages beside it: what they say, and that nobody else can say it for them."""

import shutil
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.dataset import DatasetCard, Picture
from cards.figures import Gap, Leaks, SourceFigures, count_configs, example_rows
from cards.licence import licence_page
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


def test_the_table_of_languages_has_the_figures_of_the_files(card: DatasetCard, varied: Path) -> None:
    (table,) = tables(parts(card.render())[1])["Languages"]
    found = by_name(table)
    measured = f"coalesce({', '.join(f'quality.{signal}' for signal in SIGNALS)}) IS NOT NULL"
    for config in ("english", "swahili", "wolof"):
        files = f"{config}/*"
        for split in SPLITS:
            assert number(found[config][split]) == rows(varied, f"{config}/{split}-*")
        assert number(found[config]["rows"]) == rows(varied, files)
        assert found[config]["by machine"] == share(varied, files, "origin = 'machine'")
        assert number(found[config]["reviewed"]) == rows(varied, files, "review.status = 'reviewed'")
    flagged = share(varied, "swahili/*", "len(quality.reasons) > 0", measured)
    assert (found["swahili"]["flagged"], found["english"]["flagged"]) == (flagged, "–")
    assert (found["swahili"]["absent"], found["wolof"]["absent"]) == ("0", "35")
    assert f"{rows(varied, '*/*'):,} rows from 2 sources" in card.render()


def test_it_says_whose_release_it_is_before_anything_else(card: DatasetCard) -> None:
    opening = card.render().split("# GlobMed\n")[1].split("\n## ")[0]
    assert "(https://arxiv.org/abs/2601.02186)" in opening
    assert "is not the release of its authors" in opening


def test_the_example_is_a_sound_item_of_train_in_several_languages(card: DatasetCard, varied: Path) -> None:
    item = example_rows(varied, ["english", "swahili", "wolof"])
    assert [row.config for row in item] == ["english", "swahili", "wolof"]
    assert len({row.id for row in item}) == 1
    for row in item:
        found = f"id = '{row.id}' AND options IS NOT NULL AND len(coalesce(quality.reasons, [])) = 0"
        assert rows(varied, f"{row.config}/train-*", found) == 1
    shown = replace(card, item=item).render()
    assert headings(shown)[:3] == ["GlobMed", "An item", "Load"]
    assert all(f"Answer: {row.answer} ({row.origin}, {row.status})" in shown for row in item)
    assert "An item" not in headings(card.render())


def test_an_item_that_a_language_lacks_or_that_is_held_out_is_no_example(varied: Path, tmp_path: Path) -> None:
    assert example_rows(varied, ["english", "zulu"]) == []
    for config in ("english", "swahili"):
        (tmp_path / config).mkdir()
        for file in (varied / config).glob("test-*"):
            shutil.copy(file, tmp_path / config)
    assert example_rows(tmp_path, ["english", "swahili"]) == []


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
    assert (quality["number_changed"]["critical"], quality["length"]["critical"]) == ("yes", "")
    assert number(quality["length"]["rows"]) == rows(varied, "wolof/*", "list_contains(quality.reasons, 'length')")
    spread = by_name(found["Quality"][1])["numbers"]
    low, median, high = card.configs[2].quality.signals["numbers"]
    assert spread == {"5 %": f"{low:.2f}", "median": f"{median:.2f}", "95 %": f"{high:.2f}"}
    answers = by_name(found["Balance of the answers"][0])["yesno"]["answers"]
    for answer in ("yes", "no"):
        expected = share(varied, "wolof/*", f"answer = '{answer}'", "task = 'yesno'")
        assert f"{answer} {expected}" in answers
    assert "not yet been reviewed by a native speaker" in page
    assert "CLD2" in page
    assert "No row was measured" in card.page(card.configs[0])


def test_a_page_has_the_fields_of_medicine_and_the_countries_of_its_rows(card: DatasetCard) -> None:
    config = replace(card.configs[2], specialties={"Oncology": 1, "Surgery": 4}, countries={"Kenya": 2})
    fields, countries = tables(card.page(config))["Fields of medicine"]
    assert fields[1:] == [["Surgery", "4"], ["Oncology", "1"], ["none", str(config.total - 5)]]
    assert countries[1:] == [["Kenya", "2"], ["none", str(config.total - 2)]]
    assert "Fields of medicine" not in headings(card.page(replace(config, specialties={})))


def test_what_was_left_out_is_counted(card: DatasetCard) -> None:
    (leaks,) = tables(parts(card.render())[1])["How it was made"]
    assert leaks[1] == ["sample", "expertqa_med", "1,234"]
    assert "No item of train was found whose question" in replace(card, leaks=()).render()
    assert "a critical finding that nobody has accepted" in card.render()
    assert "a critical finding that nobody has accepted" not in replace(card, gaps=()).render()


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
    load, checked = fences(elsewhere, "python")
    assert 'load_dataset("hospital/private", "swahili", revision="v2.1.0")' in load
    assert 'revision="v2.1.0", split="test", streaming=True' in load
    assert 'globmed.load("swahili", version="2.1.0", repository="hospital/private")' in checked
    assert fences(elsewhere, "sh") == ["globmed explore --version 2.1.0 --repository hospital/private\n"]
    (citation,) = fences(elsewhere, "bibtex")
    assert "@misc{globmed-2.1.0," in citation
    assert "0.1.0" not in elsewhere
    assert all(f"| `{field.name}` |" in card.columns() for field in FIELDS)


def test_every_picture_is_on_a_page(card: DatasetCard) -> None:
    assert not images(card.render() + card.quality())
    hostile = "Answers. ](x) *all* <b>"
    names = ("parity", "origins", "signals", "labels")
    shown = replace(card, pictures={name: Picture(f"figures/{name}.svg", hostile) for name in names})
    assert images(parts(shown.render())[1]) == [("figures/origins.svg", hostile)]
    assert {path for path, _ in images(shown.quality())} == {f"figures/{name}.svg" for name in names}
    assert headings(shown.quality()) == headings(card.quality())
    with pytest.raises(UserError, match="expected a file inside the repository"):
        replace(card, pictures={"labels": Picture("../rows.svg", "")})


def test_quality_explains_the_reasons_that_rows_have(card: DatasetCard) -> None:
    text = card.quality()
    assert "- `number_changed` (critical): " in text
    assert "- `length`: " in text
    assert "`copy`:" not in text
    assert "No translated row of this version was measured." in replace(card, configs=card.configs[:1]).quality()


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
        replace(card, sources=[replace(SAMPLE, licence="a\n---\nb")]).render()
    with pytest.raises(UserError, match="has the character"):
        licence_page(replace(SAMPLE, title="a\n---\nb"))
    with pytest.raises(UserError, match="expected owner/name on the Hub or https"):
        licence_page(replace(SAMPLE, upstream="javascript:alert(1)"))


def test_links_of_the_card_lead_to_files_of_the_candidate(candidate: Path) -> None:
    beside = [candidate / f"{name}.md" for name in ("README", "COLUMNS", "QUALITY", "LIMITATIONS")]
    for path in [*beside, *(candidate / "languages").iterdir()]:
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

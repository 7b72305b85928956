"""A language is added as a whole, from what libraries know of it, and taken back as a whole."""

import json
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builders.commands.language import app
from builders.language.add import Added, add
from builders.language.facts import find_tag, known_facts
from builders.language.files import ABSTRACTS, LIST
from builders.language.remove import remove
from builders.release.hub.repository import open_repository
from cards.words import Abstract
from globmed.errors import UserError
from globmed.languages import language, languages, read_language
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from tests.builders.language.conftest import contents
from tests.conftest import DemoRelease

HAUSA = {
    "name": "hausa",
    "tag": "ha",
    "iso639_3": "hau",
    "script": "Latn",
    "glottocode": "haus1257",
    "tier": "low",
    "route": "train",
    "native_name": "Hausa",
    "digits": "0123456789",
    "decimal_mark": ".",
    "reviewers": 3,
}
WRITTEN = ("globmed/languages/languages.toml", "cards/words/abstracts.toml", "glossaries/hausa.csv")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index that has a package into Hausa."""
    path = tmp_path / "index.json"
    path.write_text(json.dumps([{"from_code": "en", "to_code": "ha", "package_version": "1.0", "links": []}]), "utf-8")
    return path


def added(checkout: Path, what: str = "ha", index: str = "absent.json", **given: str | int) -> Added:
    return add(what, given, checkout / "packages", index, root=checkout)


@pytest.mark.parametrize("what", ["ha", "hau", "HA", "Hausa", "hausa"])
def test_one_word_is_enough(checkout: Path, what: str) -> None:
    made = added(checkout, what)
    assert asdict(made.entry) == HAUSA
    assert tuple(map(str, made.files)) == WRITTEN
    entries = tomllib.loads((checkout / LIST).read_text("utf-8"))
    assert read_language("hausa", entries["hausa"]) == made.entry
    page = Abstract(**tomllib.loads((checkout / ABSTRACTS).read_text("utf-8"))["hausa"])
    assert (page.abstract, page.reviewed) == ("", False)
    assert "No speaker of Hausa" in page.limits[0]
    assert (checkout / "glossaries" / "hausa.csv").read_text("utf-8") == "source,target,note\n"


def test_the_rest_of_the_files_stays_and_removing_it_leaves_them_as_they_were(checkout: Path) -> None:
    before = contents(checkout)
    made = added(checkout)
    after = contents(checkout)
    assert all(after[name].startswith(before.get(name, "")) for name in WRITTEN)
    assert after.keys() - before.keys() == {WRITTEN[-1]}
    remove(made.entry, None, checkout)
    assert contents(checkout) == before


def test_two_languages_are_taken_back_in_any_order(checkout: Path) -> None:
    before = contents(checkout)
    hausa, igbo = added(checkout).entry, added(checkout, "Igbo").entry
    remove(hausa, None, checkout)
    assert "igbo" in tomllib.loads((checkout / LIST).read_text("utf-8"))
    remove(igbo, None, checkout)
    assert contents(checkout) == before


def test_what_is_given_is_taken_and_what_is_known_is_told_apart(checkout: Path) -> None:
    made = added(checkout, tier="high", script="Arab", native_name="هَوُسَ")
    assert (made.entry.tier, made.entry.reviewers, made.entry.native_name) == ("high", 2, "هَوُسَ")
    assert set(made.filled) == HAUSA.keys() - {"tier", "script", "native_name"}


def test_the_ways_from_english_are_told(checkout: Path, index: Path) -> None:
    made = added(checkout, index=str(index))
    assert made.entry.route == "argos"
    ways = {way.kind: way for way in made.routes}
    assert list(ways) == ["argos", "nllb", "m2m100", "opus-mt", "train"]
    assert ways["nllb"].command.endswith("--source-code eng_Latn --target-code hau_Latn")
    assert ways["m2m100"].command.endswith("--source-code __en__ --target-code __ha__")
    assert ways["opus-mt"].exists is None


def test_an_index_without_the_language_proposes_no_package(checkout: Path, index: Path) -> None:
    made = added(checkout, "Igbo", str(index))
    assert made.entry.route == "train"
    assert "argos" not in {way.kind for way in made.routes}


def test_what_no_library_knows_is_asked_for(checkout: Path) -> None:
    before = contents(checkout)
    with pytest.raises(UserError, match=r"iso639_3 is missing \(fa is a macrolanguage of pes, prs\): give --iso639-3"):
        added(checkout, "fa")
    with pytest.raises(UserError, match=r"kmb: digits is missing .*give --digits"):
        added(checkout, "Kimbundu")
    assert contents(checkout) == before
    persian = added(checkout, "fa", iso639_3="pes").entry
    assert (persian.glottocode, persian.digits, persian.decimal_mark) == ("west2369", "۰۱۲۳۴۵۶۷۸۹", "٫")
    answers = {"digits": "0123456789", "decimal_mark": ","}
    asked = add("kmb", {}, checkout, "absent.json", answers.pop, checkout)
    assert asked.entry.decimal_mark == ","
    assert not answers, "it asked for these and no more"


@pytest.mark.parametrize(
    ("what", "given", "message"),
    [
        ("sw", {}, "sw is in the list already, as swahili"),
        ("swh", {}, "swh is in the list already, as swahili"),
        ("English", {}, "en is in the list already"),
        ("zzz", {}, "'zzz' is neither a BCP-47 tag nor the English name"),
        ("../etc/passwd", {}, "neither a BCP-47 tag"),
        ("", {}, "neither a BCP-47 tag"),
        ("ha-NG", {}, "expected only a language, such as ha"),
        ("ha", {"name": "../x"}, "--name '../x': not of the form"),
        ("ha", {"name": "zulu"}, "--name zulu: zulu has it"),
        ("ha", {"glottocode": "zulu1248"}, "--glottocode zulu1248: zulu has it"),
        ("ha", {"script": "Xxxx"}, "--script Xxxx: no ISO 15924 script"),
        ("ha", {"script": "Zmth"}, "--script Zmth: Unicode has no such script"),
        ("ha", {"digits": "0123456798"}, "--digits '0123456798': not of the form"),
        ("ha", {"decimal_mark": ";"}, "--decimal-mark ';': not of the form"),
        ("ha", {"tier": "middle"}, "--tier 'middle': not of the form"),
        ("ha", {"route": "source"}, "only English is the source"),
        ("ha", {"native_name": "<b>"}, "--native-name '<b>': not of the form"),
    ],
)
def test_a_wrong_word_is_one_line_and_changes_nothing(
    checkout: Path, what: str, given: dict[str, str], message: str
) -> None:
    before = contents(checkout)
    with pytest.raises(UserError, match=message) as caught:
        added(checkout, what, **given)
    assert str(caught.value).isprintable()
    assert contents(checkout) == before


def test_an_addition_that_fails_half_way_leaves_every_file_as_it_was(checkout: Path) -> None:
    before = contents(checkout)
    (checkout / "glossaries").write_text("in the way", "utf-8")
    with pytest.raises(OSError, match="glossaries"):
        added(checkout)
    assert contents(checkout) == before


def test_the_libraries_agree_with_the_list() -> None:
    for entry in languages().values():
        if entry.name in ("chinese", "swahili"):
            continue  # macrolanguages: the list says which is meant
        known = known_facts(entry.tag)
        assert {field: known[field] for field in known} == {field: getattr(entry, field) for field in known}
        assert find_tag(entry.iso639_3) == entry.tag
        assert known.keys() >= {"iso639_3", "glottocode", "script", "native_name", "name"}


def test_a_language_with_work_in_it_stays(checkout: Path) -> None:
    before = contents(checkout)
    with pytest.raises(UserError, match=r"swahili is more than an entry: globmed/prompts/swahili\.toml"):
        remove(language("swahili"), None, checkout)
    assert contents(checkout) == before


def test_terms_that_somebody_agreed_on_are_kept(checkout: Path) -> None:
    made = added(checkout)
    glossary = checkout / "glossaries" / "hausa.csv"
    glossary.write_text("source,target,note\nfever,zazzabi,\n", "utf-8")
    assert glossary.relative_to(checkout) not in remove(made.entry, None, checkout)
    assert glossary.is_file()


@pytest.mark.slow
def test_a_released_language_stays(checkout: Path, demo_release: DemoRelease, demo_hub: HubAccess) -> None:
    with open_repository(REPOSITORY, demo_hub) as repository:
        with pytest.raises(UserError, match=r"zulu was released: globmed/GlobMed 0\.1\.0 has it"):
            remove(language("zulu"), repository, checkout)
        remove(added(checkout).entry, repository, checkout)


def test_the_command_says_what_is_missing() -> None:
    for arguments, message in (
        (["add"], "no language was named"),
        (["add", "ha", "--tag", "ig"], "both 'ha' and --tag 'ig'"),
        (["add", "sw"], "in the list already"),
        (["remove", "klingon"], "unknown language 'klingon'"),
    ):
        with pytest.raises(UserError, match=message):
            CliRunner().invoke(app, arguments, catch_exceptions=False)

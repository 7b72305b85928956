"""What is said of a name that is not known."""

import pytest

from bench_recipes.tasks import Definition, check_tasks
from globmed.errors import UserError, did_you_mean, unknown
from globmed.languages import language, select
from globmed.versions.numbers import Version, no_version


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("swahilli", "swahili"),
        ("Swahili", "swahili"),
        ("swa", "swahili"),
        ("Kiswahili", "swahili"),
        ("kiswahil", "swahili"),
        ("portugese", "portuguese"),
        ("DE", "german"),
        ("日本", "japanese"),
    ],
)
def test_a_language_is_suggested_by_any_of_its_names(given: str, meant: str) -> None:
    with pytest.raises(UserError, match=rf"unknown language '{given}'; known: .*; did you mean {meant}\?$"):
        language(given)
    with pytest.raises(UserError, match=rf"did you mean {meant}\?$"):
        select(f"english,{given}")


@pytest.mark.parametrize("given", ["klingon", "", "x" * 1000, "\x1b[2J"])
def test_what_is_near_to_nothing_has_no_suggestion(given: str) -> None:
    with pytest.raises(UserError, match="unknown language") as caught:
        language(given)
    assert "did you mean" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_tasks_splits_and_versions_are_suggested() -> None:
    for meant, wanted in (
        ("mcqa", Definition("0.1.0", tasks=["mcq"])),
        ("validation", Definition("0.1.0", split="valdation")),
    ):
        with pytest.raises(UserError, match=rf"; did you mean {meant}\?$"):
            check_tasks(wanted)
    known = [Version(0, 1, 0), Version(1, 0, 0), Version(0, 2, 0)]
    assert str(no_version("a/b", "v0.1.1", known)).startswith(
        "a/b has no version v0.1.1; it has 0.1.0, 0.2.0, 1.0.0; did"
    )
    assert str(no_version("a/b", "7.7.7", [])) == "a/b has no version 7.7.7; it has none"


def test_names_may_be_none_at_all() -> None:
    assert str(unknown("thing", 5, [])) == "unknown thing '5'; known: none"
    assert did_you_mean("a", []) == ""

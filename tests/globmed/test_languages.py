import pytest

from globmed.errors import UserError
from globmed.languages import ENGLISH, language, languages, select

TWELVE = {"zh", "en", "fr", "de", "ja", "ko", "pt", "es", "sw", "wo", "yo", "zu"}


def test_the_twelve_are_listed_with_four_low_resource_ones() -> None:
    assert {entry.tag for entry in languages().values()} == TWELVE
    assert {name for name, entry in languages().items() if entry.tier == "low"} == {
        "swahili",
        "wolof",
        "yoruba",
        "zulu",
    }


def test_a_config_name_and_its_tag_are_the_same_language() -> None:
    assert language("swahili") is language("sw")
    assert language(ENGLISH).route == "source"


def test_codes_have_the_form_of_their_standards() -> None:
    for entry in languages().values():
        assert len(entry.iso639_3) == 3
        assert len(entry.script) == 4
        assert len(entry.glottocode) == 8
        assert len(entry.digits) == 10
        assert entry.decimal_mark in ".,"


def test_an_unknown_language_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"'klingon'.*chinese, english.*zulu"):
        language("klingon")


def test_a_selection_is_a_list_or_all() -> None:
    assert [entry.tag for entry in select("swahili, zu")] == ["sw", "zu"]
    assert [entry.tag for entry in select(["sw", "swahili"])] == ["sw"]
    assert len(select(None)) == 12
    with pytest.raises(UserError, match="no language was named"):
        select(" , ")

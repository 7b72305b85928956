from dataclasses import asdict, replace

import pytest

from globmed.errors import UserError
from globmed.languages import ENGLISH, language, languages, read_language, select

TWELVE = {"zh", "en", "fr", "de", "ja", "ko", "pt", "es", "sw", "wo", "yo", "zu"}


def test_the_twelve_of_the_paper_are_listed_with_four_low_resource_ones() -> None:
    of_the_paper = [entry for entry in languages().values() if entry.tag in TWELVE]
    assert {entry.tag for entry in of_the_paper} == TWELVE
    assert {entry.name for entry in of_the_paper if entry.tier == "low"} == {"swahili", "wolof", "yoruba", "zulu"}


def test_a_config_name_and_its_tag_are_the_same_language() -> None:
    assert language("swahili") is language("sw")
    assert language(ENGLISH).route == "source"


def test_codes_have_the_form_of_their_standards() -> None:
    for entry in languages().values():
        assert len(entry.iso639_3) == 3
        assert len(entry.script) == 4
        assert len(entry.glottocode) == 8
        assert len(entry.digits) == 10
        assert entry.decimal_mark in ".,٫"


def test_an_unknown_language_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"'klingon'.*chinese, english.*zulu"):
        language("klingon")


def test_a_selection_is_a_list_or_all() -> None:
    assert [entry.tag for entry in select("swahili, zu")] == ["sw", "zu"]
    assert [entry.tag for entry in select(["sw", "swahili"])] == ["sw"]
    assert select(None) == tuple(languages().values())
    with pytest.raises(UserError, match="no language was named"):
        select(" , ")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("name", name) for name in ("../x", "/etc", "a b", "A", "", "a\n", "a-b", "a|b")),
        *(("tag", tag) for tag in ("sw\n---\nlicense: mit", "sw: x", "../sw", "s", "sw-", "SW")),
        *(
            ("native_name", name)
            for name in ("", "<b>", "a\nb", "a|b", "`a`", "a\u202eb", "[x](y)", "{{ a }}", "a\x1b")
        ),
        ("script", "Latn: x"),
        ("tier", "middle"),
        ("route", "../"),
        ("iso639_3", "sw"),
        ("glottocode", "swah125x"),
        ("digits", "0123"),
        ("decimal_mark", "|"),
        ("reviewers", "2"),
        ("reviewers", -1),
        ("reviewers", True),
    ],
)
def test_an_entry_that_may_not_stand_in_paths_and_cards_is_refused(field: str, value: object) -> None:
    entry = asdict(language("swahili")) | {field: value}
    with pytest.raises(UserError, match=f"has {field} = .*correct the entry") as caught:
        read_language(str(entry.pop("name")), entry)
    assert str(caught.value).isprintable()


def test_names_in_other_scripts_are_names() -> None:
    for native in ("हिन्दी", "Èdè Yorùbá", "中文 (简体)", "O’zbek"):
        entry = asdict(language("swahili")) | {"native_name": native}
        assert read_language(str(entry.pop("name")), entry).native_name == native


@pytest.mark.parametrize(("script", "direction"), [("Latn", "ltr"), ("Hans", "ltr"), ("Arab", "rtl"), ("Nkoo", "rtl")])
def test_the_direction_of_a_script(script: str, direction: str) -> None:
    assert replace(language("swahili"), script=script).direction == direction

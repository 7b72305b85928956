"""What may be published: the descriptors' answer, and the recorded decisions'."""

from dataclasses import replace
from pathlib import Path

import pytest

from builders.licences.gate import read_gate
from builders.sources import SOURCES
from globmed.errors import UserError
from globmed.languages import languages

HEADQA, LIVEQA = SOURCES["headqa"], SOURCES["liveqa"]
CASIMEDICOS, MEDEXPQA = SOURCES["casimedicos"], SOURCES["medexpqa"]
DECISION = """
[[decision]]
source = "casimedicos"
languages = ["es"]
publish = "public"
licence = "CC-BY-4.0"
reason = "the publisher wrote so"
decided_by = "the licence board"
date = 2026-03-04
"""


def decided(tmp_path: Path, text: str = DECISION) -> Path:
    path = tmp_path / "decisions.toml"
    path.write_text(text, "utf-8")
    return path


def test_unknown_and_conflicting_licences_stay_out_of_public_repositories() -> None:
    gate = read_gate()
    for language in languages().values():
        assert gate.allows(HEADQA, language.tag, private=False)
        assert not gate.allows(CASIMEDICOS, language.tag, private=False)
        assert gate.allows(CASIMEDICOS, language.tag, private=True)
        assert not gate.allows(LIVEQA, language.tag, private=True)


def test_every_source_that_may_be_public_has_a_licence_whose_terms_are_known() -> None:
    gate = read_gate()
    assert {s.licence for s in SOURCES.values() if s.publish == "public"} <= set(gate.terms)


def test_a_licence_without_derivatives_lets_only_the_upstreams_own_languages_out() -> None:
    gate, source = read_gate(), replace(HEADQA, licence="CC-BY-ND-4.0")
    assert gate.allows(source, "es", private=False)
    assert not gate.allows(source, "sw", private=True)
    assert "no translations" in gate.ruling(source, "sw").reason


def test_a_licence_that_is_not_in_the_list_is_published_nowhere() -> None:
    ruling = read_gate().ruling(replace(HEADQA, licence="MadeUp-1.0"), "es")
    assert (ruling.publish, ruling.reason) == ("local", "what MadeUp-1.0 allows is not known here")


def test_a_decision_counts_for_its_languages_alone(tmp_path: Path) -> None:
    gate = read_gate(decided(tmp_path))
    assert gate.allowed([CASIMEDICOS], private=False) == {"casimedicos": {"es"}}
    ruling = gate.ruling(CASIMEDICOS, "es")
    assert (ruling.licence, ruling.reason) == ("CC-BY-4.0", "the publisher wrote so")
    assert gate.licences(CASIMEDICOS, ["es"]) == {"CC-BY-4.0": ["es"]}


def test_a_decision_to_keep_texts_local_needs_no_licence_and_leaves_the_sources(tmp_path: Path) -> None:
    text = DECISION.replace("casimedicos", "headqa").replace(
        'publish = "public"\nlicence = "CC-BY-4.0"', 'publish = "local"'
    )
    gate = read_gate(decided(tmp_path, text))
    assert (gate.ruling(HEADQA, "es").publish, gate.ruling(HEADQA, "es").licence) == ("local", HEADQA.licence)
    assert not gate.allows(HEADQA, "es", private=True)
    assert gate.allows(HEADQA, "fr", private=False)


def test_the_same_records_are_never_in_one_repository_twice() -> None:
    gate = read_gate()
    assert gate.allowed([CASIMEDICOS, MEDEXPQA], private=True).keys() == {"medexpqa"}
    assert gate.allowed([CASIMEDICOS], private=True).keys() == {"casimedicos"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"casimedicos"', '"nobody"', "source 'nobody', expected one of"),
        ('["es"]', '["xx"]', "languages 'xx', expected one of"),
        ('"CC-BY-4.0"', '"MadeUp-1.0"', "licence 'MadeUp-1.0', expected one of"),
        ('"public"', '"everywhere"', "publish 'everywhere', expected one of"),
        ('reason = "the publisher wrote so"', "", "reason = None, expected a str"),
        ("2026-03-04", '"yesterday"', "date = 'yesterday', expected a date"),
        ("date =", "when = 1\ndate =", "key 'when'"),
        ('publish = "public"\nlicence = "CC-BY-4.0"', 'publish = "local"\nlicence = "Mine"', "licence 'Mine'"),
        ("[[decision]]", "[decision]", r"write \[\[decision\]\]"),
        ("[[decision]]", "[[decision", "decisions.toml: "),
    ],
)
def test_a_wrong_decision_is_one_line_that_says_what_is_wrong(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    with pytest.raises(UserError, match=expected):
        read_gate(decided(tmp_path, DECISION.replace(old, new)))


def test_two_decisions_on_the_same_texts_are_refused(tmp_path: Path) -> None:
    apart = DECISION + DECISION.replace('["es"]', '["fr"]')
    assert len(read_gate(decided(tmp_path, apart)).decisions) == 2
    with pytest.raises(UserError, match="decision 2 is a second one on the same texts"):
        read_gate(decided(tmp_path, DECISION + DECISION.replace('languages = ["es"]\n', "")))

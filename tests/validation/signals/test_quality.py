"""The signals of rows: whose fault it is, and nobody else's."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from globmed.languages import language
from globmed.schema import SIGNALS, TEXTS, polars_schema
from validation.signals import quality as quality_module
from validation.signals.quality import NO_EVIDENCE, Evidence, measure

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "id": pl.String,
    "origin": pl.String,
    "answer": pl.String,
    **dict.fromkeys(TEXTS, pl.String),
    "options": polars_schema()["options"],
}
SWAHILI, ENGLISH = language("sw"), language("en")


def row(identity: str, question: str, *options: str, origin: str = "machine", **more: str) -> dict[str, Any]:
    listed = [{"label": label, "text": text} for label, text in zip("ABCDE", options, strict=False)] or None
    return {"id": identity, "origin": origin, "question": question, "options": listed, **more}


def measured(
    source: list[dict[str, Any]],
    target: list[dict[str, Any]],
    processes: int = 1,
    evidence: Evidence = NO_EVIDENCE,
) -> dict[str, dict[str, Any]]:
    rows, english = (pl.DataFrame(each, schema=SCHEMA, infer_schema_length=None) for each in (target, source))
    found = measure(rows, english, SWAHILI, processes, evidence)
    assert found["id"].to_list() == rows["id"].to_list()
    assert found.schema["quality"] == polars_schema()["quality"]
    return dict(found.iter_rows())


DOSE = row("a", "How much of the drug is given each day?", "5 mg", "10 mg", "20 mg")
DOSE_SW = row("a", "Ni kiasi gani cha dawa hutolewa kila siku?", "5 mg", "10 mg", "20 mg")
REST = row("b", "Which organ makes insulin?", "The liver", "The pancreas")
REST_SW = row("b", "Ni kiungo gani hutengeneza insulini?", "Ini", "Kongosho")


def test_sound_rows_have_no_reason() -> None:
    found = measured([DOSE, REST], [DOSE_SW, REST_SW])
    for quality in found.values():
        assert (quality["critical"], quality["reasons"], quality["numbers"], quality["options"]) == (
            False,
            [],
            1.0,
            1.0,
        )
    assert found["a"]["terminology"] is None
    assert set(found["a"]) == {*SIGNALS, "critical", "reasons"}


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (row("a", str(DOSE_SW["question"]), "5 mg", "100 mg", "20 mg"), "number_changed"),
        (row("a", str(DOSE_SW["question"]), "5 mg", "10 mcg", "20 mg"), "unit_changed"),
        (row("a", str(DOSE_SW["question"]), "5 mg", "10 mg"), "options_count"),
        (row("a", "这种药每天给多少？请回答这个问题", "5 mg", "10 mg", "20 mg"), "script"),
    ],
)
def test_one_fault_marks_its_row_alone(target: dict[str, Any], reason: str) -> None:
    found = measured([DOSE, REST], [target, REST_SW])
    assert found["a"]["critical"] and reason in found["a"]["reasons"]
    assert found["b"]["reasons"] == [] and not found["b"]["critical"]


def test_options_that_became_one_are_critical() -> None:
    found = measured([REST], [row("b", str(REST_SW["question"]), "Ini", "Ini")])
    assert found["b"]["critical"] and found["b"]["options"] == 0.0
    assert "options_merged" in found["b"]["reasons"]


def test_questions_that_became_one_are_critical_and_repeated_ones_are_not() -> None:
    kidney = row("c", "Which organ makes urine?", "The liver", "The pancreas")
    collapsed = {**REST_SW, "id": "c"}
    found = measured([REST, kidney], [REST_SW, collapsed])
    assert found["b"]["reasons"] == found["c"]["reasons"] == ["collapsed"]
    again = {**REST, "id": "c"}
    assert measured([REST, again], [REST_SW, collapsed])["b"]["reasons"] == []


def test_the_worst_text_of_a_row_counts() -> None:
    source = row("a", "Take 5 mg.", long_answer="Take 7 mg of it and wait for 2 days.")
    target = row("a", "Meza 5 mg.", long_answer="Meza 8 mg na usubiri siku 2.")
    quality = measured([source], [target])["a"]
    assert quality["numbers"] == 0.5 and quality["critical"]


#: By signal: a text of a translation with the fault, beside texts without it.
FAULTY = {
    "script": ("Take the tablet with plenty of water every morning.", "Принимайте таблетку каждое утро с водой."),
    "length_ratio": ("Take the tablet with plenty of water every morning after you have eaten.", "Meza."),
    "copy": ("The patient was given tablets every morning.", "The patient was given tablets every morning."),
    "repetition": ("Take the tablet with water.", "Meza kidonge kidonge kidonge kidonge kidonge kidonge kidonge."),
    "truncation": ("Rest. Drink water. Eat fruit. Sleep well. Come back tomorrow.", "Pumzika."),
    "numbers": ("Take 7 mg of it.", "Meza 8 mg."),
}


@pytest.mark.parametrize("signal", FAULTY)
@pytest.mark.parametrize("faulty_first", [True, False])
def test_the_worst_value_of_each_signal_counts(signal: str, faulty_first: bool) -> None:
    sound = ("Which organ of the body makes insulin?", "Ni kiungo gani cha mwili hutengeneza insulini?")
    pairs = (FAULTY[signal], sound) if faulty_first else (sound, FAULTY[signal])
    english, swahili = (row("a", question, long_answer=answer) for question, answer in zip(*pairs, strict=True))
    both = measured([english], [swahili])["a"][signal]
    alone = [measured([row("a", source)], [row("a", target)])["a"][signal] for source, target in pairs]
    assert both == alone[0 if faulty_first else 1]
    assert both != alone[1 if faulty_first else 0]


def test_what_was_not_translated_has_no_signals() -> None:
    original = {**DOSE_SW, "origin": "original"}
    quality = measured([DOSE], [original])["a"]
    assert all(quality[signal] is None for signal in SIGNALS)
    assert (quality["critical"], quality["reasons"]) == (False, [])
    english = pl.DataFrame([DOSE], schema=SCHEMA, infer_schema_length=None)
    assert measure(english, english, ENGLISH)["quality"].struct.field("numbers").to_list() == [None]


@pytest.mark.slow
def test_two_processes_measure_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality_module, "CHUNK", 5)
    source = [{**DOSE, "id": str(number), "long_answer": f"Take {number} mg."} for number in range(30)]
    target = [{**DOSE_SW, "id": str(number), "long_answer": f"Meza {number % 20} mg."} for number in range(30)]
    one, two = (measured(source, target, processes) for processes in (1, 2))
    assert one == two
    assert sum(quality["critical"] for quality in one.values()) == 10


def test_evidence_gives_its_signals_and_nothing_critical() -> None:
    evidence = Evidence(
        glossary=pl.DataFrame({"source": ["drug", "insulin", "organ"], "target": ["dawa", "insulini", "figo"]}),
        back=pl.DataFrame({"target": [DOSE_SW["question"], "5 mg"], "back": ["The weather is fine on the coast", "5"]}),
        estimates=pl.DataFrame(
            {"source": [DOSE["question"], "5 mg"], "target": [DOSE_SW["question"], "5 mg"], "estimator": [0.7, 0.9]}
        ),
    )
    dose, rest = measured([DOSE, REST], [DOSE_SW, REST_SW], evidence=evidence).values()
    assert (dose["terminology"], rest["terminology"]) == (1.0, 0.5)
    assert (dose["estimator"], rest["estimator"]) == (0.7, None)
    assert dose["round_trip"] < 0.25, "of the question alone: 5 mg is too short to tell"
    assert rest["round_trip"] is None
    assert (dose["reasons"], dose["critical"]) == (["round_trip"], False)
    assert (rest["reasons"], rest["critical"]) == ([], False)


def test_what_was_kept_of_pairs_gives_the_signals_of_judging_them_anew(tmp_path: Path) -> None:
    changed = row("a", str(DOSE_SW["question"]), "5 mg", "100 mg", "20 mg")
    glossary = pl.DataFrame({"source": ["insulin"], "target": ["insulini"]})
    back = pl.DataFrame({"target": [REST_SW["question"]], "back": ["Which organ makes the hormone insulin?"]})
    for evidence in (NO_EVIDENCE, Evidence(glossary=glossary), Evidence(glossary=glossary, back=back)):
        for swahili in ([DOSE_SW, REST_SW], [changed, REST_SW], [DOSE_SW]):
            rows, english = (pl.DataFrame(each, schema=SCHEMA) for each in (swahili, [DOSE, REST]))
            kept = measure(rows, english, SWAHILI, evidence=evidence, kept=tmp_path)
            assert kept.equals(measure(rows, english, SWAHILI, evidence=evidence))
        assert len(list(tmp_path.iterdir())) == 1
    measure(rows, english, SWAHILI, kept=tmp_path, source=language("fr"))
    assert len(list(tmp_path.iterdir())) == 2, "pairs of another language do not replace them"

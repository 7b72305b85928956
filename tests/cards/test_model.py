"""A model's card: what it says, and that no record of a run can say it otherwise."""

from dataclasses import replace
from typing import Any

import pytest
from huggingface_hub import ModelCard as HubCard
from hypothesis import given, settings

from cards.model import ModelCard
from cards.runs import BaseModel, Dataset, Evaluation, Licence, Part, Score, Training
from cards.words import statements
from globmed.errors import UserError
from globmed.languages import languages
from globmed.render.markdown import escaped
from globmed.versions.numbers import Version
from tests.cards.hostile import LINES
from tests.cards.reading import by_name, fences, headings, kinds, links, parts, tables

COMMIT, OTHER, MANIFEST = "a" * 40, "b" * 40, "c" * 64
SWAHILI, ENGLISH = languages()["swahili"], languages()["english"]
DATASET = Dataset("globmed/GlobMed", Version(1, 2, 0), COMMIT, MANIFEST)
TRAINING = Training(
    DATASET,
    ["mcqa", "lfqa"],
    "native",
    [
        Part(ENGLISH, 9_000, 3, 4_000, 0.4, 0.44, reviewed=True),
        Part(SWAHILI, 2_000, 0, 6_000, 0.6, 3.0, reviewed=False),
    ],
)
SCORES = [
    Score(ENGLISH, "mcqa", "accuracy", 1_200, 0.5, 0.4718, 0.5282, chance=0.25, unanswered=7),
    Score(SWAHILI, "lfqa", "rouge_l", 80, 0.2113, 0.19, 0.23),
]
EVALUATION = Evaluation(DATASET, "test", "likelihood", "native", 0, 0, {"torch": "2"}, SCORES)


@pytest.fixture
def card() -> ModelCard:
    return ModelCard(
        repository="globmed/small",
        version=Version(0, 3, 0),
        private=False,
        adapter=False,
        parameters=1_720_574_976,
        base=BaseModel("Qwen/Qwen3-1.7B", OTHER, Licence("apache-2.0")),
        trainings=[TRAINING],
        settings={"learning_rate": 1e-5, "bf16": True, "reward_weights": [1.0, 0.2]},
        packages={"trl": "1.16.0"},
        licence=Licence("apache-2.0"),
        evaluations=[EVALUATION],
    )


def test_the_metadata_is_what_the_hub_reads(card: ModelCard) -> None:
    found: Any = HubCard(card.render()).data
    assert found.base_model == "Qwen/Qwen3-1.7B"
    assert found.base_model_relation == "finetune"
    assert (found.license, found.library_name, found.pipeline_tag) == ("apache-2.0", "transformers", "text-generation")
    assert (found.language, found.datasets) == (["en", "sw"], ["globmed/GlobMed"])
    accuracy, rouge = found.eval_results
    assert (accuracy.metric_type, accuracy.metric_value, accuracy.dataset_revision) == ("accuracy", 0.5, COMMIT)
    assert accuracy.metric_args == {"items": 1_200, "low": 0.4718, "high": 0.5282}
    assert (rouge.metric_type, rouge.dataset_config, rouge.dataset_split) == ("rouge", "swahili", "test")
    front_matter = card.render().split("---\n", 2)[1]
    assert front_matter.count("\n") == 13, "a line a result"


def test_the_card_says_what_the_model_was_made_from(card: ModelCard) -> None:
    page = card.render()
    body = parts(page)[1]
    for text in (OTHER, COMMIT, MANIFEST, "1,720,574,976"):
        assert text in body
    assert "https://huggingface.co/datasets/globmed/GlobMed/tree/v1.2.0" in links(body)
    (mix,) = tables(body)["What it was made from"]
    assert by_name(mix)["swahili"] == {
        "instructions": "unreviewed",
        "share": "60.0%",
        "each row drawn": "3.00",
        "rows of train": "2,000",
        "left out": "0",
        "rows drawn": "6,000",
    }
    assert by_name(mix)["english"]["instructions"] == "reviewed"
    settings_table, packages = tables(body)["Settings"]
    assert by_name(settings_table)["reward_weights"] == {"value": "1, 0.2"}
    assert by_name(packages)["trl"] == {"version": "1.16.0"}
    (results,) = tables(body)["Results"]
    assert results[1][2:] == ["accuracy", "50.0%", "47.2% to 52.8%", "25.0%", "1,200", "7"]
    assert results[2][2:] == ["rouge_l", "0.211", "0.190 to 0.230", "–", "80", "0"]
    assert all(str(escaped(sentence)) in page for sentence in statements().not_clinical)


def test_an_adapter_is_loaded_on_its_base_at_its_commit(card: ModelCard) -> None:
    adapter = replace(card, adapter=True)
    found: Any = HubCard(adapter.render()).data
    assert (found.library_name, found.base_model_relation) == ("peft", "adapter")
    (snippet,) = fences(adapter.render(), "python")
    assert f'from_pretrained("Qwen/Qwen3-1.7B", revision="{OTHER}")' in snippet
    assert 'PeftModel.from_pretrained(base, "globmed/small", revision="v0.3.0")' in snippet
    compile(snippet, "snippet", "exec")
    with pytest.raises(UserError, match="is a local folder, which others do not have: release it first"):
        replace(adapter, base=BaseModel("start", None))


def test_what_is_not_known_is_said(card: ModelCard) -> None:
    bare = replace(card, base=BaseModel("start", None), licence=None, evaluations=[])
    found: Any = HubCard(bare.render()).data
    assert (found.license, found.license_name, found.base_model) == ("other", "not-stated", None)
    assert found.eval_results is None
    for text in ("with no record of how they were made", "has no results", "none may be assumed"):
        assert text in bare.render()
        assert text not in card.render()


def test_a_withdrawn_or_private_dataset_is_told_first(card: ModelCard) -> None:
    dataset = replace(DATASET, private=True, yanked="doses *changed*")
    told = replace(card, private=True, trainings=[replace(TRAINING, dataset=dataset)])
    head = parts(told.render())[1].partition("## Load")[0]
    assert "This repository is private: do not publish copies" in head
    assert "which is private: it contains texts whose licence does not permit" in head
    assert "which was withdrawn: doses &#42;changed&#42;" in head
    assert "private" not in parts(card.render())[1].partition("## Load")[0]


def test_two_runs_are_told_in_their_order(card: ModelCard) -> None:
    later = replace(TRAINING, dataset=replace(DATASET, version=Version(2, 0, 0), commit=OTHER), style="english")
    body = parts(replace(card, trainings=[TRAINING, later]).render())[1]
    assert headings(body)[3:6] == ["Run 1", "Run 2", "Settings"]
    assert body.index("v1.2.0") < body.index("v2.0.0")


@settings(max_examples=30, deadline=None)
@given(LINES, LINES, LINES, LINES)
def test_no_record_changes_the_form_of_a_card(base: str, name: str, value: str, reason: str) -> None:
    card = ModelCard(
        repository="globmed/small",
        version=Version(0, 3, 0),
        private=False,
        adapter=False,
        parameters=9,
        base=BaseModel("start", None),
        trainings=[replace(TRAINING, dataset=replace(DATASET, yanked="reason"))],
        settings={"name": "value"},
        packages={"name": "value"},
        licence=None,
    )
    hostile = replace(
        card,
        base=BaseModel(base, None),
        settings={name: value},
        packages={name: value},
        trainings=[replace(TRAINING, dataset=replace(DATASET, yanked=reason))],
    )
    front_matter, body = parts(hostile.render())
    expected_front_matter, expected = parts(card.render())
    assert front_matter == expected_front_matter
    assert headings(body) == headings(expected)
    assert links(body) == links(expected)
    assert not kinds(body) & {"html_block", "html_inline", "image"}
    assert [[len(line) for line in each] for each in tables(body)["Settings"]] == [[2, 2], [2, 2]]


@pytest.mark.parametrize(
    "change",
    [
        lambda card: replace(card, repository="a/b\nlicense: mit"),
        lambda card: replace(card, base=BaseModel("a/b](x) *all*", OTHER)),
        lambda card: replace(card, base=BaseModel("a/b", 'x"); import os')),
        lambda card: replace(card, licence=Licence("mit\ndatasets: [x]")),
        lambda card: replace(card, licence=Licence("other", "own", "javascript:alert(1)")),
        lambda card: replace(card, licence=Licence("other", "own: [x]")),
        lambda card: replace(card, trainings=[replace(TRAINING, tasks=["<b>"])]),
        lambda card: replace(card, trainings=[replace(TRAINING, dataset=replace(DATASET, commit="main"))]),
        lambda card: replace(card, base=BaseModel("a\n---\nb", None)).render(),
        lambda card: replace(SCORES[0], task="poetry"),
        lambda card: replace(SCORES[0], metric="beauty"),
    ],
)
def test_what_is_no_name_is_refused(card: ModelCard, change: Any) -> None:
    with pytest.raises(UserError):
        change(card)

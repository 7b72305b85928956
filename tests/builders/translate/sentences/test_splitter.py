"""Sentences of medical English."""

from pathlib import Path

import pytest

from builders.translate.sentences.splitter import Splitter, learn


@pytest.mark.parametrize(
    ("paragraph", "sentences"),
    [
        ("Give 0.5 mg i.v. every 4 h. Then wait.", ["Give 0.5 mg i.v. every 4 h.", "Then wait."]),
        ("Dr. Diop saw her at 8 p.m. and left.", ["Dr. Diop saw her at 8 p.m. and left."]),
        ("Cultures grew E. coli. The patient was treated.", ["Cultures grew E. coli.", "The patient was treated."]),
        ("See fig. 2 for details.", ["See fig. 2 for details."]),
        ("Is it safe? Yes! Ask first.", ["Is it safe?", "Yes!", "Ask first."]),
        ("One sentence without an end", ["One sentence without an end"]),
        ("Antibiotics, e.g. amoxicillin, help.", ["Antibiotics, e.g. amoxicillin, help."]),
        ("", []),
    ],
)
def test_medical_text_is_split_into_sentences(paragraph: str, sentences: list[str]) -> None:
    assert Splitter().split_sentences(paragraph) == sentences


def test_what_was_learnt_is_plain_data(tmp_path: Path) -> None:
    texts = ["He took q.x.z. pills and slept. The q.x.z. pills help. Use q.x.z. pills at home."] * 40
    learn(texts, tmp_path / "punkt.json")
    taught, ours = Splitter(tmp_path / "punkt.json"), Splitter()
    text = "Buy q.x.z. Zincum now."
    assert taught.split_sentences(text) == [text]
    assert ours.split_sentences(text) == ["Buy q.x.z.", "Zincum now."]

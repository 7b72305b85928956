"""Specialties: the labels of the upstreams, and those that have no entry."""

import pytest

from builders.sources.layouts.specialties import specialty


@pytest.mark.parametrize(
    ("source", "subject", "expected"),
    [
        ("medmcqa", "Gynaecology & Obstetrics", "Obstetrics and Gynecology"),
        ("medmcqa", "Medicine", "Internal Medicine"),
        ("headqa", "medicine", "General Medicine"),
        ("headqa", "pharmacology", "General Pharmacology, Toxicology and Pharmaceutics"),
        ("medmcqa", " Pharmacology ", "Pharmacology (medical)"),
        ("casimedicos", "DIGESTIVE SYSTEM", "Gastroenterology"),
        ("mmlu_pro", "human_aging", "Geriatrics and Gerontology"),
        ("expertqa_med", "Obstetrics and gynecology", "Obstetrics and Gynecology"),
        # Labels that name fields of several entries, or none that is known.
        ("casimedicos", "ANESTHESIOLOGY AND CRITICAL CARE", None),
        ("expertqa_bio", "Myrmecology", None),
        ("medmcqa", "", None),
        ("medqa", None, None),
    ],
)
def test_a_label_has_the_entry_that_its_source_means(source: str, subject: str | None, expected: str | None) -> None:
    assert specialty(source, subject) == expected

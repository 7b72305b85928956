import yaml

from cards.dataset import ConfigFigures, DatasetCard, SourceFigures
from globmed.languages import language
from globmed.schema import FIELDS
from globmed.versions import Version

SOURCE = SourceFigures("sample", "The sample", ["mcqa", "nli"], "CC0-1.0", "this project", None, "")
WITHHELD = SourceFigures("secret", "The secret", ["nli"], "none stated", "elsewhere", None, "no licence is stated")


def card(*, private: bool = False) -> str:
    configs = [
        ConfigFigures(
            language("english"),
            {"train": 2, "test": 1},
            {"original": 3, "human": 0, "postedited": 0, "machine": 0},
        ),
        ConfigFigures(language("swahili"), {"train": 1}, {"original": 0, "human": 0, "postedited": 0, "machine": 1}),
    ]
    return DatasetCard("globmed/GlobMed", Version(0, 1, 0), configs, [SOURCE], [WITHHELD], private).render()


def front_matter(text: str) -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load(text.split("---\n")[1])
    return found


def test_every_config_names_the_files_of_the_splits_it_has() -> None:
    assert front_matter(card())["configs"] == [
        {
            "config_name": "english",
            "data_files": [
                {"split": "train", "path": "data/english/train-*.parquet"},
                {"split": "test", "path": "data/english/test-*.parquet"},
            ],
        },
        {
            "config_name": "swahili",
            "data_files": [{"split": "train", "path": "data/swahili/train-*.parquet"}],
        },
    ]
    assert front_matter(card())["language"] == ["en", "sw"]
    assert front_matter(card())["task_categories"] == ["multiple-choice", "text-classification"]


def test_the_card_pins_the_version_and_counts_rows_and_origins() -> None:
    text = card()
    assert 'load_dataset("globmed/GlobMed", "swahili", revision="v0.1.0")' in text
    assert "| `swahili` | Kiswahili (`sw`) | low-resource | 1 | 0 | 0 | 0 | 0 | 0 | 1 |" in text
    assert all(f"| `{field.name}` |" in text for field in FIELDS)


def test_what_was_withheld_is_named_with_its_reason() -> None:
    assert "The secret (no licence is stated)" in card()
    assert "none stated" not in card().split("## Sources")[1].split("Built but")[0]


def test_a_private_card_says_that_it_must_not_be_passed_on() -> None:
    assert "private" in card(private=True).split("```")[0]
    assert "This repository is private" not in card()

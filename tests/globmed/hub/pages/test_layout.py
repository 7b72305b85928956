"""Which files are the configs and splits of a dataset."""

from typing import Any

import pytest

from globmed.hub.pages.sandbox.layout import layout

PATHS = ["data/en/test-a.parquet", "data/en/train-a.parquet", "data/sw/train-a.parquet", "other/x.parquet"]


@pytest.mark.parametrize(
    ("configs", "found"),
    [
        (
            [
                {"config_name": "sw", "data_files": [{"split": "train", "path": "data/sw/train-*.parquet"}]},
                {
                    "config_name": "en",
                    "data_files": [
                        {"split": "train", "path": ["data/en/train-a.parquet", "data/none.parquet"]},
                        {"split": "test", "path": "data/en/test-*.parquet"},
                    ],
                },
            ],
            [["sw", "train", [PATHS[2]]], ["en", "train", [PATHS[1]]], ["en", "test", [PATHS[0]]]],
        ),
        ([{"data_files": "data/en/*.parquet"}], [["default", "test", [PATHS[0]]], ["default", "train", [PATHS[1]]]]),
        ([{"data_files": {"validation": "data/**/train-a.parquet"}}], [["default", "validation", PATHS[1:3]]]),
        ([{"config_name": "o", "data_dir": "other"}], [["o", "train", [PATHS[3]]]]),
        ([{"data_files": "*.parquet"}], None),
        ([{"data_files": ["!data/**", "#x", 7, None]}], None),
        (None, None),
        ("x", None),
        ([7, {"data_files": 7}], None),
    ],
)
def test_configs_of_a_card(configs: Any, found: list[Any] | None) -> None:
    """Where the card names no file that exists, names of files tell."""
    by_name = [["default", "test", PATHS[:1]], ["default", "train", PATHS[1:]]]
    assert layout(configs, PATHS) == (by_name if found is None else found)


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("data/train-00000-of-00001.parquet", "train"),
        ("dev.parquet", "validation"),
        ("data/valid/x.parquet", "validation"),
        ("x_test.parquet", "test"),
        ("contest.parquet", "train"),
        ("latest.parquet", "train"),
    ],
)
def test_splits_by_name(path: str, split: str) -> None:
    assert layout(None, [path]) == [["default", split, [path]]]

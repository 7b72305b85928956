"""JSON as it is written."""

import json
import math
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from globmed.storage.files import json_text, write_json


def no_json(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is no JSON")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan")])
def test_what_is_no_number_is_null(tmp_path: Path, value: float) -> None:
    whole = {"a": value, "b": [1.5, value, {"c": (value, 2)}], "d": "NaN", "e": tmp_path}
    write_json(tmp_path / "made.json", whole)
    expected = {"a": None, "b": [1.5, None, {"c": [None, 2]}], "d": "NaN", "e": str(tmp_path)}
    assert json.loads((tmp_path / "made.json").read_text("utf-8"), parse_constant=no_json) == expected
    assert json_text([value], separators=(",", ":")) == "[null]"

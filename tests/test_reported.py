"""The list of faults that people reported elsewhere."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent


def test_every_test_of_the_list_is_there() -> None:
    rows = (TESTS / "REPORTED.md").read_text("utf-8").partition("|---|")[2].splitlines()[1:]
    assert len(rows) > 30
    for row in rows:
        *_, named, _ = re.split(r" ?(?<!\\)\| ?", row)
        assert row.count(" | ") == 4, row
        for each in named.split(", "):
            file, _, name = each.partition("::")
            tree = ast.parse((TESTS / file).read_text("utf-8"))
            assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, each

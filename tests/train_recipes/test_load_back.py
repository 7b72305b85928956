"""What is not loaded back; `test_tiny` and the release of an adapter load what is."""

from pathlib import Path

import pytest

from globmed.errors import UserError
from train_recipes.load_back import load_back


@pytest.mark.parametrize("revision", ["main", "refs/pr/1", "v1", "a" * 39])
def test_a_revision_that_can_move_is_refused(revision: str) -> None:
    with pytest.raises(UserError, match=r"expected a tag such as v0\.1\.0, or a full commit hash"):
        load_back("globmed/tiny", revision)


def test_a_folder_that_no_run_left_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"has no run\.json: name the --output_dir of a run"):
        load_back(str(tmp_path))

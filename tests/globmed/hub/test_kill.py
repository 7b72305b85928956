from pathlib import Path

import pytest

from tests.globmed.hub.kill import Kills


@pytest.mark.slow
def test_an_upload_killed_at_any_moment_leaves_the_repository_whole(tmp_path: Path) -> None:
    kills = Kills(tmp_path, seed=7)
    kills.run(4)
    assert kills.outcomes.total() == 4

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "../shared/data/upstream"


@pytest.fixture(scope="session")
def upstream() -> Path:
    """Copies of the published files, beside the repository; a fresh clone has none."""
    if not SHARED.is_dir():
        pytest.skip("needs the published files in ../shared/data/upstream")
    return SHARED.resolve()

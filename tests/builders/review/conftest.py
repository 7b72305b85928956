import pytest

from builders.review.plan import Wish, plan
from builders.review.round import Round
from builders.rows.artifacts.folder import BuildFolder
from globmed.languages import select
from tests.builders.review.workbooks.workbooks import Returned


@pytest.fixture(scope="module")
def returned(faulty_build: BuildFolder, tmp_path_factory: pytest.TempPathFactory) -> Returned:
    round_ = Round(tmp_path_factory.mktemp("rounds") / "round-1")
    plan(faulty_build, select("swahili"), round_.root, Wish(items=12, twice=1, raters={"swahili": ["amina", "juma"]}))
    return Returned(round_)

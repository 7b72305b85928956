import pytest
from hypothesis import given
from hypothesis import strategies as st

from globmed.errors import UserError
from globmed.versions.numbers import Version, is_commit, no_version, tagged

number = st.integers(min_value=0, max_value=999_999)


@given(number, number, number)
def test_a_version_reads_back(major: int, minor: int, patch: int) -> None:
    version = Version(major, minor, patch)
    assert Version.parse(str(version)) == Version.parse(version.tag) == version
    assert tagged(version.tag) == version


def test_versions_order_by_number_not_by_text() -> None:
    assert Version.parse("0.10.0") > Version.parse("0.9.9")


@pytest.mark.parametrize(
    "text",
    ["main", "refs/pr/1", "1.0", "1.0.0-rc1", "01.0.0", "1.0.0\n", "../1.0.0", "v1.0.0/..", "１.0.0", ""],
)
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(UserError, match=r"expected MAJOR\.MINOR\.PATCH"):
        Version.parse(text)
    assert tagged(text) is None


def test_only_a_full_hash_is_a_commit() -> None:
    assert is_commit("0123456789abcdef" * 2 + "01234567")
    assert not is_commit("0123456")
    assert not is_commit("main")
    for other in ("a" * 41, "a" * 40 + "\n", "g" * 40, "A" * 40):
        assert not is_commit(other)


@pytest.mark.parametrize(("known", "has"), [([], "none"), (["0.10.0", "0.2.0"], "0.2.0, 0.10.0")])
def test_a_version_that_is_not_there_is_named_with_those_that_are(known: list[str], has: str) -> None:
    error = no_version("globmed/demo", "7.1.0", map(Version.parse, known))
    assert str(error).startswith(f"globmed/demo has no version 7.1.0; it has {has}")

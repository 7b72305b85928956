"""What the tests of datasets take from ``utils.py``, which its sdist does not have; written for them here."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import TypeVar

import pytest

T = TypeVar("T")
require_pil = pytest.mark.skipif(find_spec("PIL") is None, reason="needs Pillow")
require_torchcodec = pytest.mark.skipif(find_spec("torchcodec") is None, reason="needs torchcodec")


def xfail_if_500_502_http_error(test: T) -> T:
    """Return the test as it is: a server's error is a failure here."""
    return test


def for_all_test_methods(*_: object) -> Callable[[T], T]:
    """Return the class as it is."""
    return lambda tests: tests

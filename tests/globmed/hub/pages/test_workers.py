"""Work with limits: what is hostile ends a process, not the server."""

import os
import signal
import time
from typing import Any

import psutil
import pytest

from globmed.hub.errors import HubError
from globmed.hub.pages.sandbox.workers import UnfitError, Workers

PLACES: dict[str, Any] = {"links": "/l/", "images": "/i/"}
#: Elements in each other, which a browser's rules for HTML take quadratic time for; no signal handler can interrupt it.
SLOW = "<div>" * 200_000


def test_slow_work_ends_and_the_next_one_is_done() -> None:
    one = Workers(1)
    start = time.monotonic()
    with pytest.raises(UnfitError, match="more time or memory"):
        one.run("markdown", 0.5, text=SLOW, **PLACES)
    assert time.monotonic() - start < 30, "far less than the minutes that it would take"
    assert one.run("markdown", text="*x*", **PLACES) == "<p><em>x</em></p>\n"


def test_the_same_work_is_done_once() -> None:
    one = Workers(1)
    arguments: dict[str, Any] = {"old": "a\nb\n", "new": "a\nc\n"}
    first = one.run("difference", **arguments)
    assert first == [["place", "@@ -1,2 +1,2 @@"], ["same", "a"], ["old", "b"], ["new", "c"]]
    _kill_children()
    assert one.run("difference", **arguments) == first
    assert _running() == []


def test_a_process_that_died_while_idle_is_replaced() -> None:
    one = Workers(1)
    one.run("difference", old="a", new="b")
    _kill_children()
    assert one.run("difference", old="a", new="c")[-1] == ["new", "c"]


def test_an_error_of_our_own_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="AttributeError"):
        Workers(1).run("difference", old=1, new=2)


def test_who_finds_no_process_is_told_to_repeat() -> None:
    with pytest.raises(HubError) as error:
        Workers(0, wait_seconds=0.1).run("difference", old="a", new="b")
    assert error.value.status == 503


def test_a_long_difference_is_cut() -> None:
    found = Workers(1).run("difference", 60, old="", new="line\n" * 5000)
    assert found[-1] == ["more", "and more"]
    assert len(found) == 1001


def _running() -> list[psutil.Process]:
    """Return the processes of workers; the tests' server is a child, too."""
    found = (each for each in psutil.Process().children() if each.status() != psutil.STATUS_ZOMBIE)
    return [each for each in found if "globmed.hub.pages.sandbox.worker" in each.cmdline()]


def _kill_children() -> None:
    children = _running()
    for child in children:
        os.kill(child.pid, signal.SIGKILL)
    psutil.wait_procs(children, 10)

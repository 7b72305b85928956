"""Work that is shared among processes."""

import os

import pytest

from globmed.cli.processes import WORTH, in_processes, processes_for
from globmed.errors import UserError


def work(number: int) -> tuple[int, int]:
    if number == 3:
        raise UserError("3 is refused")
    return number, os.getpid()


def test_results_come_in_the_order_of_the_tasks() -> None:
    done = list(in_processes(work, [5, 1, 4], 2, size=lambda number: number))
    assert [number for number, _ in done] == [5, 1, 4]
    assert os.getpid() not in {process for _, process in done}


@pytest.mark.parametrize(("tasks", "processes"), [([5, 1, 4], 1), ([5], 2), ([], 2)])
def test_little_work_is_done_here(tasks: list[int], processes: int) -> None:
    assert list(in_processes(work, tasks, processes)) == [(number, os.getpid()) for number in tasks]


def test_what_the_work_raises_is_raised() -> None:
    with pytest.raises(UserError, match=r"^3 is refused$"):
        list(in_processes(work, [1, 3], 2))


def test_a_process_is_started_where_it_is_worth_it() -> None:
    assert processes_for(WORTH - 1) == 0
    assert processes_for(WORTH) == 1

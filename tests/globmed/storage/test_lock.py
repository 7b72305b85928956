"""One writer at a time: who is told what, and what blocks nobody."""

import os
import re
import socket
import stat
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from globmed.errors import UserError
from globmed.storage.files import replaced, write_text
from globmed.storage.lock import check_unlocked, locked, locked_beside, unchanged
from tests.support.holding import held


def test_the_second_is_told_which_process_has_it_since_when(tmp_path: Path) -> None:
    with held(tmp_path) as holder, pytest.raises(UserError) as caught, locked(tmp_path):
        pass
    expected = (
        rf"{re.escape(str(tmp_path))}: `-c locked {re.escape(str(tmp_path))}` \(process {holder.pid} on "
        rf"{re.escape(socket.gethostname())}, since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00\) is using it; wait.*"
    )
    assert re.fullmatch(expected, str(caught.value))


def test_what_is_replaced_whole_has_its_lock_beside(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with held(out, how="locked_beside"):
        with pytest.raises(UserError, match="is using it"), replaced(out):
            pass
        with pytest.raises(UserError, match="is using it"):
            write_text(out, "text")
        write_text(tmp_path / "another", "text")
    write_text(out, "text")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["another", "out"]


def test_the_lock_of_a_killed_process_blocks_nobody(tmp_path: Path) -> None:
    with held(tmp_path) as holder:
        holder.kill()
        holder.wait()
        assert (tmp_path / ".lock").is_file()
        with locked(tmp_path):
            pass
    assert not list(tmp_path.iterdir())


def test_a_thread_may_lock_what_it_has_locked_and_another_may_not(tmp_path: Path) -> None:
    refused: list[UserError] = []

    def second() -> None:
        try:
            with locked(tmp_path):
                pass
        except UserError as error:
            refused.append(error)

    with locked(tmp_path), locked(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
        with locked(tmp_path):
            pass
        assert (tmp_path / ".lock").is_file(), "held until the outermost block ends"
    assert f"process {os.getpid()} " in str(*refused)


def test_who_waits_gets_it_in_the_end(tmp_path: Path) -> None:
    waited: list[bool] = []
    with held(tmp_path / "out", how="locked_beside") as holder:

        def waiting() -> None:
            waited.append(True)
            holder.kill()

        with locked_beside(tmp_path / "out", waiting):
            pass
    assert waited == [True]


def test_where_nothing_can_be_written_there_is_no_lock_and_no_error(tmp_path: Path) -> None:
    with locked(tmp_path / "absent"):
        check_unlocked(tmp_path / "absent")
    assert not list(tmp_path.iterdir())
    # Nobody may write there, whoever runs the test.
    with locked(Path("/sys")), locked_beside(Path("/sys/kernel")):
        check_unlocked(Path("/sys"))


def test_others_may_open_the_lock_file_that_somebody_left(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        with locked(tmp_path):
            assert stat.S_IMODE((tmp_path / ".lock").stat().st_mode) == 0o666
    finally:
        os.umask(before)


def test_no_secret_of_a_command_is_written(tmp_path: Path) -> None:
    with held(tmp_path, "https://somebody:hf_secret@hub", "--token", "hf_secret"):
        assert "hf_secret" not in (tmp_path / ".lock").read_text("utf-8")


def test_a_reader_is_stopped_by_a_writer_and_by_no_reader(tmp_path: Path) -> None:
    check_unlocked(tmp_path)
    assert not list(tmp_path.iterdir()), "a reader writes nothing"
    with unchanged(tmp_path, []):
        check_unlocked(tmp_path)
    for how in ("locked", "locked_beside"):
        with held(tmp_path, how=how), pytest.raises(UserError, match="is using it"):
            check_unlocked(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.write_text("longer"),
        lambda file: file.unlink(),
        lambda file: write_text(file, "same"),
        lambda file: file.with_name("other").touch() or file.with_name("other").replace(file),
    ],
)
def test_files_that_change_while_they_are_read_are_an_error(tmp_path: Path, change: Callable[[Path], object]) -> None:
    def read() -> AbstractContextManager[None]:
        (tmp_path / "file").write_text("same")
        return unchanged(tmp_path, [tmp_path / "file"])

    with pytest.raises(UserError, match="its files changed while they were read"), read():
        change(tmp_path / "file")
    with pytest.raises(UserError, match="its files changed while they were read"), read():
        change(tmp_path / "file")
        raise RuntimeError("half of it was there")
    with pytest.raises(RuntimeError, match="of another kind"), read():
        raise RuntimeError("of another kind")

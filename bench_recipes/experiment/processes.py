"""Processes of an experiment: commands of ours, so that each frees the device for the next."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import IO


def globmed_words(*words: str) -> list[str]:
    """Return the words of a command of ours."""
    return [sys.executable, "-m", "globmed", *words]


def run_process(
    words: Sequence[str], environment: Mapping[str, str], out: int | IO[str], errors: int | None
) -> "subprocess.CompletedProcess[str]":
    """Run a command without input to its end; ``out`` and ``errors`` are as for `subprocess.run`."""
    return subprocess.run(  # noqa: S603 -- our own commands, after a launcher that the user asked for
        list(words), env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, text=True, check=False
    )

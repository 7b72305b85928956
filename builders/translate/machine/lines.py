"""Translate text files line by line."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from builders.translate.machine.engine import Hardware, Search
from builders.translate.machine.machine import Machine, translate_texts
from builders.translate.packages.package import Package


def translate_lines(
    package: Package, lines: Sequence[str], *, threads: int = 4, beam: int = 4
) -> tuple[list[str], list[bool]]:
    """Translate lines as a build translates segments: split into pieces, long sentences cut, codes and formulas copied.

    The best hypothesis of each sentence is taken, safe or not; white space and empty lines are kept.

    Returns:
        The translation of each line, and whether all its numbers, units and placeholders were kept. If a language is
        not in the list, no loss is detected.
    """
    given = pl.DataFrame({"key": lines}, schema={"key": pl.String})
    with TemporaryDirectory(prefix="globmed-") as store:
        search, hardware = Search(beam, alternatives=1), Hardware(threads=threads)
        machine = Machine(package.path.parent, Path(store), search, hardware)
        made = translate_texts(given["key"], package, machine)
    of_lines = given.join(made, on="key", how="left", maintain_order="left")
    return of_lines["text"].to_list(), (of_lines["unresolved"] == 0).to_list()

"""Render the picture of CONTRIBUTING.md's "Add a language": the output of ``globmed language status``.

``python -m benchmarks.language_images --build build/thirteen --round rounds/hausa-1``, after its commands.
"""

import argparse
import re
from io import StringIO
from pathlib import Path

from rich.console import Console

from builders.language.status import language_status
from builders.language.status_report import print_status
from builders.licences.gate import read_gate
from builders.review.round import Round
from builders.rows.artifacts.folder import BuildFolder
from globmed.storage.files import write_text

IMAGE = Path(__file__).parents[2] / "docs" / "images" / "language-status.svg"
#: A face that rich would have fetched from a host, and its comment; a monospaced one of the reader's will do.
NOT_OURS = re.compile(r"@font-face \{[^}]*\}\s*|<!--.*?-->\s*", re.DOTALL)
#: Wide enough for a line of the table.
COLUMNS = 110


def main() -> None:
    """Take it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--round", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=IMAGE)
    options = parser.parse_args()
    console = Console(record=True, width=COLUMNS, file=StringIO())
    print_status(language_status(BuildFolder(options.build), [Round(options.round)], read_gate()), console)
    svg = console.export_svg(title="globmed language status", unique_id="status")
    write_text(options.out, NOT_OURS.sub("", svg))


if __name__ == "__main__":
    main()

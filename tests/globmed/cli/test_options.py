import re
import subprocess

from tests.support.programs import ROOT

#: Options that several commands have, which `globmed.cli.options` defines for all of them.
SHARED = re.compile(r'typer\.Option\(\s*"--json"|help="A Hub\'s address|help="Storage of the local Hub')


def test_options_that_commands_share_are_defined_once() -> None:
    command = ["git", "ls-files", "bench_recipes", "builders", "globmed", "validation"]
    files = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    found = [name for name in files if name.endswith(".py") and SHARED.search((ROOT / name).read_text("utf-8"))]
    assert found == ["globmed/cli/options.py"]

"""The ordinary clients in a process of their own: they read the Hub's address when they are imported."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from builders.release.hub.repository import HubAccess

LEAVE = """
import os, sys
sys.stdout.flush()
os._exit(0)
"""


def run_client(access: HubAccess, cache: Path, script: str, **environment: str) -> Any:
    """Run Python that prints JSON, with nothing of ours but the environment; returns what it printed.

    How its libraries end it afterwards does not matter.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    done = subprocess.run(
        [sys.executable, "-c", script + LEAVE],
        env=inherited | access.environment(cache) | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)

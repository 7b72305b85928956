"""The ordinary clients in a process of their own: they read the Hub's address when they are imported."""

import json
import os
from pathlib import Path
from typing import Any

from globmed.versions.client import HubAccess
from tests.support.programs import run_python

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
    done = run_python(["-c", script + LEAVE], inherited | access.environment(cache) | environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)

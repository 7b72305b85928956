"""A client whose libraries end it in a way of their own: ``python -m`` this, asked for a way and its differences.

It writes its answer, but does not leave as the clients do; ``before`` ends it while it still writes.
"""

import atexit
import json
import os
import sys
import threading

WAYS = ("atexit", "thread", "kill")


def main() -> None:
    """Answer, and end as asked."""
    asked = json.load(sys.stdin)
    line = json.dumps({"answer": asked["differences"]})
    if asked["way"] == "before":
        sys.stdout.write(line[:-3])
        sys.stdout.flush()
        os.abort()
    print(line, flush=True)
    if asked["way"] == "atexit":
        atexit.register(os.abort)
    elif asked["way"] == "thread":
        threading.Thread(target=os.abort).start()
        threading.Event().wait()
    else:
        os.kill(os.getpid(), 9)


if __name__ == "__main__":
    main()

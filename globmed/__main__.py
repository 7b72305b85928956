"""``python -m globmed``."""

from globmed.cli import main

if __name__ == "__main__":
    main()

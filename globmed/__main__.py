"""``python -m globmed``."""

from globmed.cli.main import main

if __name__ == "__main__":
    main()

"""The error that a user can cause and mend."""


class UserError(Exception):
    """Something the user gave is wrong: the command line prints it on one line and exits with code 2.

    The message names the file, row or field, what was found, what was expected and the next step.
    """

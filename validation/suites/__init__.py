"""The suites of `globmed validate`: one module each; every module in this folder is discovered."""

from globmed.storage.modules import modules_below
from validation.suites.suite import Suite

_FOUND = {
    each.name: each
    for module in modules_below(__name__, __path__)
    for each in vars(module).values()
    if isinstance(each, Suite)
}
#: Failures of these suites explain those of the others.
_FIRST = ("structure", "parity", "balance", "leakage", "near_leakage", "licence", "measured", "quality")
#: The previous version, if there is one; and the known issues, which must still occur.
_LAST = ("previous", "known_issues")
_BETWEEN = (name for name in _FOUND if name not in (*_FIRST, *_LAST))
#: In the order in which they are run and reported.
SUITES = tuple(_FOUND[name] for name in (*_FIRST, *_BETWEEN, *_LAST))

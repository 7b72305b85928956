"""Signals about the text as a whole: one module each; every module in this folder is discovered."""

from collections.abc import Mapping
from types import MappingProxyType

from globmed.schema import SIGNALS
from globmed.storage.modules import modules_below
from validation.signals.signal import TextSignal

_FOUND = {
    each.name: each
    for module in modules_below(__name__, __path__)
    for each in vars(module).values()
    if isinstance(each, TextSignal)
}
#: In the order of the schema.
TEXT_SIGNALS: Mapping[str, TextSignal] = MappingProxyType({name: _FOUND[name] for name in SIGNALS if name in _FOUND})

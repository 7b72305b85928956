"""The warning on a card that versions were withdrawn."""

from collections.abc import Mapping

from globmed.render.markdown import escaped
from globmed.versions.numbers import Version

_BEGIN, _END = "<!-- yanked -->", "<!-- /yanked -->"


def with_warning(card: str, yanked: Mapping[str, str]) -> str:
    """Return a card with a warning below its title that names the withdrawn versions, in the place of an earlier one.

    Args:
        card: Markdown with a title, ``# ...``.
        yanked: the reason by version number.
    """
    head, begin, rest = card.partition(f"{_BEGIN}\n")
    if begin:
        card = head + rest.partition(f"{_END}\n\n")[2]
    if not yanked:
        return card
    versions = sorted(yanked, key=Version.parse)
    lines = [f"> - `v{version}`: {escaped(yanked[version])}" for version in versions]
    warning = "\n".join([_BEGIN, "> [!WARNING]", "> Withdrawn versions, not to be used:", *lines, _END])
    before, title, after = card.partition("\n# ")
    first, newline, text = after.partition("\n\n")
    return f"{before}{title}{first}{newline}{warning}\n\n{text}"

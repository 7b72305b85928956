"""Print the status of the languages for people."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from builders.language.status import LanguageStatus

#: Number of reasons that are named; there may be more.
NAMED = 3


def print_status(languages: Sequence[LanguageStatus], console: Console) -> None:
    """Print a line for every language that was built; then its obstacles, gaps and commonest reasons."""
    table = Table("language", "rows", "origins", "withheld", "flagged", "reviewed", "rated", "alpha")
    built = [each for each in languages if each.rows or each.withheld]
    for each in built:
        table.add_row(
            each.name,
            f"{each.rows:,}",
            ", ".join(f"{name} {_share(rows, each.rows)}" for name, rows in each.origins.items() if rows),
            f"{each.withheld:,}",
            _share(each.flagged, each.measured),
            _share(each.reviewed, each.rows),
            f"{each.rated:,}/{each.assigned:,}" if each.assigned else "",
            _alphas(each),
        )
    console.print(table)
    for each in built:
        _print_words(each, console)
    others: dict[str, list[str]] = {}
    for each in languages:
        if each not in built:
            others.setdefault("; ".join(each.blocks), []).append(each.name)
    for blocks, names in others.items():
        console.print(f"{blocks}: {', '.join(names)}", highlight=False, markup=False)


def _print_words(each: LanguageStatus, console: Console) -> None:
    common = [f"{reason} {_share(rows, each.measured)}" for reason, rows in list(each.reasons.items())[:NAMED]]
    said = {"blocked": each.blocks, "lacks": each.warnings, "flags": common}
    parts = [f"{word}: {'; '.join(texts)}" for word, texts in said.items() if texts]
    if parts:
        console.print(f"{each.name}: {'. '.join(parts)}.", highlight=False, markup=False)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else ""


def _alphas(each: LanguageStatus) -> str:
    """Return alpha of accuracy, fluency and completeness."""
    return "/".join("–" if value is None else f"{value:.2f}" for value in each.alpha.values())

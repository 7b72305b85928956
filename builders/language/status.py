"""The status of every language: rows, origins, signals, reviews, and what prevents its publication."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from builders.language.files import GLOSSARIES
from builders.licences.gate import Gate
from builders.review.agreement import alpha
from builders.review.round import DIMENSIONS, Round
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.evidence import Wanted
from builders.sources import SOURCES
from cards.words import abstracts
from globmed.languages import ENGLISH, Language, languages
from globmed.prompts import asked, prompts
from globmed.schema import ORIGINS, SIGNALS
from globmed.storage.packages import INSTALLED, ROOT
from globmed.storage.queries import connect, query
from validation.expectations.verdict import FINDINGS, REPORT
from validation.facts.withheld import is_withheld
from validation.known_issues import accepted_rows
from validation.signals.numbers.lexicon import has_lexicon

COUNTS = ("rows", "withheld", "public", "measured", "flagged", "critical", "reviewed")


@dataclass(frozen=True, slots=True)
class LanguageStatus:
    """One language.

    Attributes:
        rows: those in a split; ``public`` of them may be in a public repository, ``reviewed`` have been reviewed.
        withheld: translations with a critical reason that nobody accepted, in no split.
        origins: rows by origin.
        measured: rows with a signal, those withheld among them; ``flagged`` have a reason, ``critical`` a critical one.
        reasons: measured rows by reason.
        assigned: items of the rounds by rater, of which ``rated`` came back from ``raters``.
        alpha: Krippendorff's alpha by dimension over those rounds; None where no item was rated twice.
        blocks: the reasons why none of its rows can be published.
        warnings: what is missing without preventing publication.
    """

    name: str
    tag: str
    tier: str
    rows: int = 0
    withheld: int = 0
    public: int = 0
    origins: Mapping[str, int] = field(default_factory=dict)
    measured: int = 0
    flagged: int = 0
    critical: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    reviewed: int = 0
    assigned: int = 0
    rated: int = 0
    raters: int = 0
    alpha: Mapping[str, float | None] = field(default_factory=dict)
    blocks: Sequence[str] = ()
    warnings: Sequence[str] = ()


def language_status(build: BuildFolder, rounds: Sequence[Round], gate: Gate) -> list[LanguageStatus]:
    """Return the status of every language of the list, in its order; ``build`` need not have all of them, or any.

    Raises:
        UserError: a folder in ``rounds`` is not a round.
    """
    built = [entry for entry in languages().values() if build.report.is_file() and build.assembled(entry).is_file()]
    counts, reasons = _counted(build, built, gate) if built else ({}, {})
    reviews = _reviews(rounds)
    failures = _failures(build, sum(each["rows"] for each in counts.values())) if built else None
    return [
        LanguageStatus(
            entry.name,
            entry.tag,
            entry.tier,
            **{name: found[name] for name in COUNTS if found},
            origins={origin: found[origin] for origin in ORIGINS if found},
            reasons=reasons.get(entry.name, {}),
            **reviews.get(entry.name, {}),
            blocks=_blocks(entry, found, failures),
            warnings=_warnings(entry, found, failures),
        )
        for entry in languages().values()
        for found in [counts.get(entry.name, {})]
    ]


def _counted(build: BuildFolder, built: Sequence[Language], gate: Gate) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the counts of ``sql/language/rows.sql`` and the rows by reason, by config."""
    quality = pl.col("quality").struct
    columns = (
        "source",
        "origin",
        pl.any_horizontal(quality.field(*SIGNALS).is_not_null()).alias("measured"),
        quality.field("critical", "reasons"),
        pl.col("review").struct.field("status"),
    )
    rows = pl.concat(
        pl.scan_parquet(build.assembled(entry), glob=False).select(
            pl.lit(entry.name).alias("config"), *columns, is_withheld(accepted_rows(entry.name)).alias("withheld")
        )
        for entry in built
    ).collect()
    allowed = gate.allowed([SOURCES[name] for name in rows["source"].unique().sort()], private=False)
    pairs = [(entry.name, source) for source, tags in allowed.items() for entry in built if entry.tag in tags]
    frames = {
        "rows": rows,
        "allowed": pl.DataFrame(pairs, schema={"config": pl.String, "source": pl.String}, orient="row"),
    }
    with connect() as database:
        counts = query(database, "language/rows", frames)
        reasons = query(database, "language/reasons", frames)
    by_config = reasons.partition_by("config", as_dict=True)
    none = dict.fromkeys(counts.columns[1:], 0)
    return (
        {entry.name: none for entry in built} | {row["config"]: row for row in counts.iter_rows(named=True)},
        {str(name): dict(part.select("reason", "rows").iter_rows()) for (name,), part in by_config.items()},
    )


def _reviews(rounds: Sequence[Round]) -> dict[str, dict[str, Any]]:
    """Return the fields of `LanguageStatus` about the rounds, by config."""
    if not rounds:
        return {}
    assigned = pl.concat(each.read_assignments().with_columns(round=pl.lit(str(each.root))) for each in rounds)
    ratings = pl.concat(each.read_ratings().with_columns(round=pl.lit(str(each.root))) for each in rounds)
    with connect() as database:
        found = query(database, "language/reviews", {"assignments": assigned, "ratings": ratings})
    items = ratings.with_columns(item=pl.concat_str("round", "item", separator="/"))
    return {
        row.pop("config"): row | {"alpha": _alphas(items.filter(config=config))}
        for row in found.iter_rows(named=True)
        for config in [row["config"]]
    }


def _alphas(ratings: pl.DataFrame) -> dict[str, float | None]:
    return {name: alpha(ratings.select("rater", "item", rating=name)) for name in DIMENSIONS}


def _failures(build: BuildFolder, rows: int) -> dict[str, int] | None:
    """Return the critical findings by config in the last validation of this build; None if it was not validated.

    A validation beside the build may be of another one: it counts only if it covers the same number of rows.
    """
    inside, beside = build.root / "validation", build.root.absolute().with_name("validation")
    for folder in (inside, beside):
        report = folder / REPORT
        if not report.is_file() or report.stat().st_mtime < build.report.stat().st_mtime:
            continue
        verdict = json.loads(report.read_text("utf-8"))
        if folder == inside or verdict["rows"] == rows:
            critical = [f"{each['suite']}/{each['name']}" for each in verdict["expectations"] if _is_critical(each)]
            findings = pl.read_parquet(folder / FINDINGS, glob=False).filter(pl.col("reason").is_in(critical))
            return dict(findings.group_by("config").len().drop_nulls("config").iter_rows())
    return None


def _is_critical(expectation: Mapping[str, Any]) -> bool:
    return expectation["severity"] == "critical" and not expectation["success"]


def _blocks(entry: Language, found: Mapping[str, Any], failures: Mapping[str, int] | None) -> list[str]:
    rows, withheld = found.get("rows", 0), found.get("withheld", 0)
    blocks = []
    if not found:
        blocks.append("not built here")
    elif not rows:
        blocks.append(f"all {withheld:,} translations are withheld" if withheld else "no item is translated")
    elif not found["public"]:
        blocks.append("the licences allow no row in a public repository")
    if failures and failures.get(entry.name):
        blocks.append(f"validation: {failures[entry.name]:,} critical findings")
    return blocks


def _warnings(entry: Language, found: Mapping[str, Any], failures: Mapping[str, int] | None) -> list[str]:
    page, own = abstracts().get(entry.name), entry.name in asked()
    translated = entry.name != ENGLISH
    told = {
        "not validated since it was built": bool(found) and failures is None,
        "no text on its page": page is None or not page.abstract,
        "the text on its page is not reviewed": page is not None and bool(page.abstract) and not page.reviewed,
        "no prompts: models get them in English": not own,
        "its prompts are not reviewed": own and not prompts(entry.name, "native").reviewed,
        "no word lists: only numbers in digits are compared": not has_lexicon(entry),
        "no agreed terms": translated and not _has_glossary(entry),
        "no row is reviewed": translated and bool(found.get("rows")) and not found["reviewed"],
    }
    return [warning for warning, holds in told.items() if holds]


def _has_glossary(entry: Language) -> bool:
    glossary = Wanted((Path() if INSTALLED else ROOT) / GLOSSARIES).glossary(entry)
    return glossary is not None

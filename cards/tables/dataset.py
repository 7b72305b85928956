"""The tables of the cards, each from the same figures."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from cards.figures import Born, ConfigFigures, Gap, Leaks, SourceFigures, Spread
from cards.words import reasons
from globmed.render.markdown import code, link, percent, table, upstream
from globmed.schema import ANSWERS, ORIGINS, SIGNALS, SPLITS

#: From strongest to weakest, the order for readers.
STRONGEST_FIRST = tuple(reversed(ORIGINS))
#: A commit, of which the first characters are shown; the licence's page has all of them.
COMMIT = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{28}\b")


def languages(configs: Sequence[ConfigFigures]) -> Markup:
    """Return the number of rows of every config by split."""
    rows = [
        (
            link(each.language.name, f"languages/{each.language.name}.md"),
            f"{each.language.native_name} ({each.language.tag})",
            f"{each.language.tier}-resource",
            *(each.rows.get(split, 0) for split in SPLITS),
            each.total,
        )
        for each in configs
    ]
    return table(["config", "language", "tier", *SPLITS, "rows"], rows, numbers_from=3)


def languages_by_source(configs: Sequence[ConfigFigures], sources: Sequence[SourceFigures]) -> Markup:
    """Return the number of rows of every config by source."""
    names = [source.name for source in sources]
    rows = []
    for each in configs:
        counts = {source.name: sum(source.splits.values()) for source in each.sources}
        rows.append((code(each.language.name), *(counts.get(name, 0) for name in names)))
    return table(["config", *map(code, names)], rows, numbers_from=1)


def sources(sources: Sequence[SourceFigures]) -> Markup:
    """Return the type, upstream and licence of every source."""
    rows = [
        (
            code(source.name),
            link(source.title, f"LICENSES/{source.name}.md"),
            ", ".join(source.tasks),
            source.licence,
            upstream(source.upstream),
            code(COMMIT.sub(r"\1", source.revision)) if source.revision else "–",
        )
        for source in sources
    ]
    return table(["source", "title", "tasks", "licence", "upstream", "revision"], rows)


def withheld_sources(sources: Sequence[SourceFigures]) -> Markup:
    """Return the sources that were built and are not in this repository."""
    return table(["source", "title", "why"], [(code(s.name), s.title, s.publish_reason) for s in sources])


def origins(configs: Sequence[ConfigFigures]) -> Markup:
    """Return the share of each origin, and the number of reviewed rows, by config."""
    rows = [
        (
            code(each.language.name),
            *(percent(each.origins.get(origin, 0), each.total) for origin in STRONGEST_FIRST),
            reviewed(each),
        )
        for each in configs
    ]
    return table(["config", *STRONGEST_FIRST, "rows reviewed"], rows, numbers_from=1)


def quality(configs: Sequence[ConfigFigures]) -> Markup:
    """Return the share of translated rows with each reason, one column per config that has any."""
    measured = [each for each in configs if each.quality.measured]
    codes = [c for c in reasons() if any(c in each.quality.reasons for each in measured)]
    unknown = sorted({c for each in measured for c in each.quality.reasons} - set(codes))
    rows: list[tuple[object, ...]] = [
        ("rows measured", *(each.quality.measured for each in measured)),
        ("with any reason", *(percent(each.quality.flagged, each.quality.measured) for each in measured)),
        ("critical, rows", *(each.quality.critical for each in measured)),
        ("numbers unresolved, rows", *(each.quality.unresolved for each in measured)),
        *(
            (code(reason), *(percent(each.quality.reasons.get(reason, 0), each.quality.measured) for each in measured))
            for reason in (*codes, *unknown)
        ),
    ]
    return table(["", *(each.language.tag for each in measured)], rows, numbers_from=1)


def signals(configs: Sequence[ConfigFigures]) -> Markup:
    """Return the spread of each signal's values, one column per measured config."""
    measured = [each for each in configs if each.quality.measured]
    known = [signal for signal in SIGNALS if any(signal in each.quality.signals for each in measured)]
    rows = [(code(signal), *(_spread(each.quality.signals.get(signal)) for each in measured)) for signal in known]
    return table(["", *(each.language.tag for each in measured)], rows, numbers_from=1)


def answers(configs: Sequence[ConfigFigures]) -> Markup:
    """Return the distribution of the answers of each task, by config."""
    tasks = list(dict.fromkeys(task for each in configs for task in each.answers))
    rows = [(code(each.language.name), *(_shares(each, task) for task in tasks)) for each in configs]
    return table(["config", *map(code, tasks)], rows)


def specialties(configs: Sequence[ConfigFigures]) -> Markup:
    """Return the number of rows of each field of medicine, one column per config."""
    return _named(configs, "specialty", [each.specialties for each in configs])


def countries(configs: Sequence[ConfigFigures]) -> Markup:
    """Return the number of rows of each country, one column per config."""
    return _named(configs, "country", [each.countries for each in configs])


def _named(configs: Sequence[ConfigFigures], title: str, counts: Sequence[Mapping[str, int]]) -> Markup:
    """Return rows by name, those of the most rows first; the last line has the rows that name none."""
    total = Counter[str]()
    for each in counts:
        total.update(each)
    names = sorted(total, key=lambda name: (-total[name], name))
    rows: list[tuple[object, ...]] = [(name, *(each.get(name, 0) for each in counts)) for name in names]
    none = (config.total - sum(each.values()) for config, each in zip(configs, counts, strict=True))
    return table([title, *(each.language.tag for each in configs)], [*rows, ("none", *none)], numbers_from=1)


def born(born: Sequence[Born]) -> Markup:
    """Return the items that were born in another language than English."""
    rows = [(code(each.source), each.language, each.items, each.english, each.withheld) for each in born]
    return table(["source", "born in", "items", "in English", "withheld machine translations"], rows, numbers_from=2)


def leaks(leaks: Sequence[Leaks]) -> Markup:
    """Return the items of train that were left out."""
    rows = [(code(each.source), code(each.repeats), each.items) for each in leaks]
    return table(["train items of", "repeat held-out items of", "left out"], rows, numbers_from=2)


def gaps(gaps: Sequence[Gap], configs: Sequence[ConfigFigures]) -> Markup:
    """Return the number of English items without a row, by config."""
    rows = []
    for each in configs:
        of_config = [gap for gap in gaps if gap.config == each.language.name]
        absent = sum(gap.absent for gap in of_config)
        if absent:
            withheld = sum(gap.withheld for gap in of_config)
            rows.append((code(each.language.name), absent, withheld, percent(absent, absent + each.total)))
    header = ["config", "English items without a row", "of these withheld translations", "without a row"]
    return table(header, rows, numbers_from=1)


def config_sources(config: ConfigFigures, sources: Sequence[SourceFigures], gaps: Sequence[Gap]) -> Markup:
    """Return the rows of one config by source and split, with the missing ones."""
    gap_of = {gap.source: gap for gap in gaps if gap.config == config.language.name}
    counted = {source.name: source for source in config.sources}
    rows = []
    for name in dict.fromkeys([*(s.name for s in sources), *counted]):
        splits = counted[name].splits if name in counted else {}
        gap = gap_of.get(name)
        missing = (gap.absent, gap.withheld) if gap else (0, 0)
        rows.append((code(name), *(splits.get(split, 0) for split in SPLITS), sum(splits.values()), *missing))
    total = (*(config.rows.get(split, 0) for split in SPLITS), config.total)
    rows.append(("all", *total, sum(g.absent for g in gap_of.values()), sum(g.withheld for g in gap_of.values())))
    return table(["source", *SPLITS, "rows", "absent", "of these withheld"], rows, numbers_from=1)


def config_origins(config: ConfigFigures) -> Markup:
    """Return the origins of one config, by source."""
    rows = [
        (code(source.name), *(source.origins.get(origin, 0) for origin in STRONGEST_FIRST)) for source in config.sources
    ]
    rows.append(("all", *(config.origins.get(origin, 0) for origin in STRONGEST_FIRST)))
    shares = (percent(config.origins.get(origin, 0), config.total) for origin in STRONGEST_FIRST)
    return table(["source", *STRONGEST_FIRST], [*rows, ("share", *shares)], numbers_from=1)


def engines(config: ConfigFigures) -> Markup:
    """Return the translators of one config's rows."""
    rows = [
        (each.origin, each.engine or "–", each.package or "–", each.version or "–", each.rows)
        for each in config.engines
    ]
    return table(["origin", "translated by", "package", "version", "rows"], rows, numbers_from=4)


def config_quality(config: ConfigFigures) -> Markup:
    """Return the reasons of one config with what they mean."""
    known = reasons()
    rows = [
        (
            code(reason),
            "yes" if reason in known and known[reason].critical else "",
            known[reason].meaning if reason in known else "",
            config.quality.reasons[reason],
            percent(config.quality.reasons[reason], config.quality.measured),
        )
        for reason in [
            *(r for r in known if r in config.quality.reasons),
            *sorted(config.quality.reasons - known.keys()),
        ]
    ]
    return table(["reason", "critical", "meaning", "rows", "share"], rows, numbers_from=3)


def reviewed(config: ConfigFigures) -> int:
    """Return the number of rows that have been reviewed."""
    return sum(count for status, count in config.reviews.items() if status != "unreviewed")


def _spread(spread: Spread | None) -> str:
    return f"{spread.median:.2f} ({spread.low:.2f}–{spread.high:.2f})" if spread else "–"


def _shares(config: ConfigFigures, task: str) -> str:
    counted = config.answers.get(task, {})
    labels = [
        *(a for a in ANSWERS.get(task, ()) if a in counted),
        *(a for a in counted if a not in ANSWERS.get(task, ())),
    ]
    whole = sum(counted.values())
    return ", ".join(f"{label} {percent(counted[label], whole)}" for label in labels) or "–"

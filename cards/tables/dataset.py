"""The tables of the cards, each from the same figures."""

from collections import Counter
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from cards.figures import Born, ConfigFigures, Gap, Leaks, SourceFigures
from cards.words import reasons
from globmed.render.markdown import code, link, percent, table
from globmed.schema import ANSWERS, ORIGINS, SIGNALS, SPLITS

#: From strongest to weakest, the order for readers.
STRONGEST_FIRST = tuple(reversed(ORIGINS))


def languages(configs: Sequence[ConfigFigures], gaps: Sequence[Gap]) -> Markup:
    """Return the rows of every config by split, and how they were made, measured and reviewed."""
    absent = Counter[str]()
    for gap in gaps:
        absent[gap.config] += gap.absent
    rows = [
        (
            link(each.language.name, f"languages/{each.language.name}.md"),
            code(each.language.tag),
            each.language.tier,
            each.total,
            *(each.rows.get(split, 0) for split in SPLITS),
            absent[each.language.name],
            percent(each.origins.get("machine", 0), each.total),
            reviewed(each),
            percent(each.quality.flagged, each.quality.measured),
        )
        for each in configs
    ]
    header = ["config", "tag", "resources", "rows", *SPLITS, "absent", "by machine", "reviewed", "flagged"]
    return table(header, rows, numbers_from=3)


def sources(sources: Sequence[SourceFigures]) -> Markup:
    """Return the tasks and the licence of every source."""
    rows = [
        (link(source.name, f"LICENSES/{source.name}.md"), ", ".join(source.tasks), source.licence) for source in sources
    ]
    return table(["source", "tasks", "licence"], rows)


def withheld_sources(sources: Sequence[SourceFigures]) -> Markup:
    """Return the sources that were built and are not in this repository."""
    return table(["source", "title", "why"], [(code(s.name), s.title, s.publish_reason) for s in sources])


def signals(config: ConfigFigures) -> Markup:
    """Return the spread of each signal's values in one config."""
    measured = config.quality.signals
    rows = [(code(name), *map(_rounded, measured[name])) for name in SIGNALS if name in measured]
    return table(["signal", "5 %", "median", "95 %"], rows, numbers_from=1)


def answers(config: ConfigFigures) -> Markup:
    """Return the distribution of the answers of each task."""
    return table(["task", "answers"], [(code(task), _shares(config, task)) for task in config.answers])


def specialties(config: ConfigFigures) -> Markup:
    """Return the number of rows of each field of medicine."""
    return _named(config, "specialty", config.specialties)


def countries(config: ConfigFigures) -> Markup:
    """Return the number of rows of each country."""
    return _named(config, "country", config.countries)


def _named(config: ConfigFigures, title: str, counts: Mapping[str, int]) -> Markup:
    """Return rows by name, those of the most rows first; the last line has the rows that name none."""
    rows = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return table([title, "rows"], [*rows, ("none", config.total - sum(counts.values()))], numbers_from=1)


def born(born: Sequence[Born]) -> Markup:
    """Return the items that were born in another language than English."""
    rows = [(code(each.source), each.language, each.items, each.english, each.withheld) for each in born]
    return table(["source", "born in", "items", "in English", "withheld machine translations"], rows, numbers_from=2)


def leaks(leaks: Sequence[Leaks]) -> Markup:
    """Return the items of train that were left out."""
    rows = [(code(each.source), code(each.repeats), each.items) for each in leaks]
    return table(["train items of", "repeat held-out items of", "left out"], rows, numbers_from=2)


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


def _rounded(value: float) -> str:
    return f"{value:.2f}"


def _shares(config: ConfigFigures, task: str) -> str:
    counted = config.answers.get(task, {})
    labels = [
        *(a for a in ANSWERS.get(task, ()) if a in counted),
        *(a for a in counted if a not in ANSWERS.get(task, ())),
    ]
    whole = sum(counted.values())
    return ", ".join(f"{label} {percent(counted[label], whole)}" for label in labels) or "–"

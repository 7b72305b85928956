"""Plan a round: choose its rows, and the raters of each.

A random part gives an unbiased estimate of what is published: every translated row has the same chance. A risk part
takes the rows that need review most: near copies of texts edited in an earlier round, critical flags (these rows are
withheld), other flags, the lowest round trip and estimator, the rarest words. The seed decides every choice.
"""

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, cycle
from pathlib import Path

import polars as pl

from builders.review.round import ASSIGNMENTS, ITEMS, Round, write_settings
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.texts import FITS, row_texts
from globmed.errors import UserError
from globmed.languages import ENGLISH, Language, language
from globmed.metrics import NORMAL_95
from globmed.schema import TEXTS
from globmed.storage.files import replaced
from globmed.storage.lock import check_unlocked, locked_beside
from globmed.storage.parquet import write_parquet
from validation.facts.withheld import is_withheld
from validation.known_issues import accepted_rows
from validation.signals.evidence.glossary import read_glossary
from validation.signals.numbers.signal import numbers

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
#: Origins that a reviewer can edit: a human translation is never changed, unless it is withheld.
MENDABLE = ("machine", "postedited")
RAREST = 5
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Wish:
    """The parameters of a round.

    Attributes:
        items: rows per language, both parts together.
        interval: half the width of the 95 % interval of a share in the random part; it then determines ``items``.
        risk: the share of the items chosen by risk.
        twice: the share of the items with two raters.
        seed: decides every choice.
        raters: by config; if none are named, as many as the language list asks for, numbered.
        version: of the dataset, for the ``review`` of its rows; the round's name by default.
        glossary: agreed terms to show.
        after: an earlier round, whose near copies are chosen first.
    """

    items: int = 350
    interval: float | None = None
    risk: float = 0.3
    twice: float = 1 / 3
    seed: int = 0
    raters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    version: str | None = None
    glossary: Path | None = None
    after: Path | None = None


def plan(build: BuildFolder, languages: Sequence[Language], out: Path, wish: Wish) -> pl.DataFrame:
    """Plan a round into the folder ``out``.

    Returns:
        ``config, part, items, twice, interval``: what was drawn; the interval is of a share in the random part.

    Raises:
        UserError: nothing built there, nothing to review in a language, a wish that cannot be met, or ``out`` is there.
    """
    check_unlocked(build.root)
    with locked_beside(out):
        _check(build, languages, out, wish)
        english = _with_rarity(pl.read_parquet(build.kept, glob=False).filter(language=language(ENGLISH).tag))
        planned = [_plan_language(build, each, english, out.name, wish) for each in languages]
        items = pl.concat(items for items, _, _ in planned)
        assignments = pl.concat(assignments for _, assignments, _ in planned)
        if assignments["code"].n_unique() != assignments.height:
            raise UserError(f"--seed {wish.seed} gives two ratings one code; name another --seed")
        sizes = {each.name: size for each, (_, _, size) in zip(languages, planned, strict=True)}
        with replaced(out) as partial:
            round_ = Round(partial)
            write_parquet(items, round_.items)
            write_parquet(assignments, round_.assignments)
            write_settings(round_.settings, _settings(build, out.name, wish, sizes, assignments))
    return _summary(items, assignments, sizes)


def random_size(wish: Wish, rows: int) -> int:
    """Return how many of the rows the random part takes."""
    if wish.interval is None:
        return min(rows, wish.items - round(wish.items * wish.risk))
    unlimited = NORMAL_95**2 * 0.25 / wish.interval**2
    return min(rows, math.ceil(unlimited / (1 + (unlimited - 1) / rows)))


def _half_width(drawn: pl.Expr, rows: pl.Expr) -> pl.Expr:
    """Return half the width of the 95 % interval of a share of one half, drawn without replacement."""
    left = (rows - drawn.cast(pl.Int64)).clip(0)
    return NORMAL_95 * (0.25 / drawn * left / (rows - 1).clip(1)).sqrt()


def _check(build: BuildFolder, languages: Sequence[Language], out: Path, wish: Wish) -> None:
    if not build.report.is_file():
        raise UserError(f"{build.root}: nothing was built there; run `globmed build --out {build.root}` first")
    if out.exists():
        raise UserError(f"{out} is there already; a round is planned once: name another folder")
    if not NAME.fullmatch(out.name):
        raise UserError(f"{out.name!r} is not a valid name of a round; expected lower-case letters, digits, - and _")
    if wish.interval is not None and not 0 < wish.interval < 0.5:
        raise UserError(f"--interval {wish.interval}: expected more than 0 and less than 0.5, such as 0.05")
    if not (0 <= wish.risk < 1 and 0 <= wish.twice <= 1):
        raise UserError(f"--risk {wish.risk}, --twice {wish.twice}: expected shares from 0 to 1 (--risk below 1)")
    for config in wish.raters:
        if config not in {each.name for each in languages}:
            raise UserError(f"--rater {config}:...: {config} is not among the languages of this round")
    for each in languages:
        _check_raters(each, wish)


def _check_raters(config: Language, wish: Wish) -> None:
    raters = _raters(config, wish)
    for rater in raters:
        if not NAME.fullmatch(rater) or raters.count(rater) > 1:
            raise UserError(f"rater {rater!r}: expected names of small letters, digits, - and _, each once")
    if len(raters) < (2 if wish.twice else 1):
        raise UserError(
            f"{config.name} has {len(raters)} raters; name two with --rater {config.name}:NAME, or --twice 0"
        )


def _raters(config: Language, wish: Wish) -> list[str]:
    return list(wish.raters.get(config.name, [f"{config.tag}-{n}" for n in range(1, config.reviewers + 1)]))


def _plan_language(
    build: BuildFolder, config: Language, english: pl.DataFrame, name: str, wish: Wish
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, int]]:
    """Return the items and assignments of a language, and the number of rows they were drawn from."""
    assembled = build.assembled(config)
    if not assembled.is_file():
        raise UserError(f"{build.root}: {config.name} was not built there; name one of its languages")
    every = pl.read_parquet(assembled, glob=False).with_columns(withheld=is_withheld(accepted_rows(config.name)))
    rows = every.filter(pl.col("origin").is_in(MENDABLE) | pl.col("withheld"))
    texts = row_texts(rows, english)
    seen = texts.filter(FITS)
    if seen.is_empty():
        raise UserError(f"{assembled}: no translated row to review; translate {config.name} first")
    measured = rows.select("id", "quality", "review", "withheld").join(english.select("id", "rarity"), on="id")
    candidates = seen.join(measured, on="id")
    drawn = _draw(candidates, config, f"{wish.seed}/{name}/{config.tag}", wish)
    items = _items(drawn, config, wish)
    size = {"rows": candidates.filter(~pl.col("withheld")).height, "left_out": texts.height - seen.height}
    return items, _assign(items, config, f"{wish.seed}/{name}/{config.tag}", wish), size


def _draw(rows: pl.DataFrame, config: Language, seed: str, wish: Wish) -> pl.DataFrame:
    """Return the chosen rows with their ``part``, in an order that does not reveal why each was chosen."""
    published = rows.filter(~pl.col("withheld"))
    by_chance = published.select("id").sort(_chance(published["id"], f"{seed}/random"))
    random = by_chance.head(random_size(wish, published.height) if published.height else 0)
    total = wish.items if wish.interval is None else math.ceil(random.height / (1 - wish.risk))
    unread = pl.col("review").struct.field("status") == "unreviewed"
    others = rows.join(random, on="id", how="anti").filter(unread | pl.col("withheld"))
    risky = _by_risk(others, config, wish).head(max(total - random.height, 0))
    chosen = pl.concat([random.with_columns(part=pl.lit("random")), risky.select("id", "part")])
    return _shuffled(rows.join(chosen, on="id"), f"{seed}/order")


def _shuffled(rows: pl.DataFrame, seed: str) -> pl.DataFrame:
    return rows.sort(_chance(rows["id"], seed))


def _chance(ids: pl.Series, seed: str) -> pl.Series:
    """Return a pseudo-random number per id, derived from the seed: the same on every machine and in every version."""
    return pl.Series([hashlib.sha256(f"{seed}/{each}".encode()).hexdigest() for each in ids], dtype=pl.String)


def _by_risk(rows: pl.DataFrame, config: Language, wish: Wish) -> pl.DataFrame:
    """Return the rows with their ``part``, those most in need of review first."""
    quality = pl.col("quality").struct
    near = _near(config, wish)
    return rows.with_columns(
        part=pl.when(pl.col("id").is_in(near.implode())).then(pl.lit("near")).otherwise(pl.lit("risk"))
    ).sort(
        pl.col("part") == "near",
        quality.field("critical"),
        quality.field("reasons").list.len() > 0,
        -quality.field("round_trip"),
        -quality.field("estimator"),
        "rarity",
        # Break ties, so that the choice does not depend on the order of the rows.
        "id",
        descending=True,
        nulls_last=True,
    )


def _near(config: Language, wish: Wish) -> pl.Series:
    """Return the rows that an earlier round found to be near copies of its edits."""
    if wish.after is None:
        return pl.Series(dtype=pl.String)
    path = Round(wish.after).near_copies
    if not path.is_file():
        raise UserError(f"{path} is not there; run `globmed review apply {wish.after}` first")
    return pl.read_parquet(path, glob=False).filter(config=config.name)["row"]


def _with_rarity(english: pl.DataFrame) -> pl.DataFrame:
    """Add ``rarity``: how rare the rarest words of each item are among all (mean inverse document frequency)."""
    words = (
        english.select("id", pl.concat_str(*TEXTS, separator=" ", ignore_nulls=True).alias("text"))
        .select("id", pl.col("text").str.to_lowercase().str.extract_all(r"\p{L}{4,}").list.unique().alias("word"))
        .explode("word")
        .drop_nulls()
    )
    rare = words.with_columns(rarity=(english.height / pl.len().over("word")).log())
    return english.join(rare.group_by("id").agg(pl.col("rarity").top_k(RAREST).mean()), on="id", how="left")


def _items(drawn: pl.DataFrame, config: Language, wish: Wish) -> pl.DataFrame:
    """Return `ITEMS` of the chosen rows."""
    quality = pl.col("quality").struct
    items = drawn.with_row_index("number", 1).select(
        pl.format("{}-{}", pl.lit(config.tag), pl.col("number").cast(pl.String).str.zfill(4)).alias("item"),
        pl.lit(config.name).alias("config"),
        pl.col("id").alias("row"),
        "part",
        quality.field("critical"),
        quality.field("reasons"),
        "texts",
    )
    return (
        items.join(_flagged(items, config), on="item")
        .join(_terms(items, config, wish), on="item")
        .select(*ITEMS)
        .sort("item")
    )


def _flagged(items: pl.DataFrame, config: Language) -> pl.DataFrame:
    """Return ``item, missing, added``: the numbers of its texts without a counterpart, as written."""
    texts = items.select("item", "texts").explode("texts").unnest("texts")
    found = numbers(texts["source"], texts["translation"], language(ENGLISH), config)
    both = texts.select("item").with_columns(found["missing"], found["added"])
    every = (pl.col(name).list.explode().drop_nulls() for name in ("missing", "added"))
    return both.group_by("item", maintain_order=True).agg(*every)


def _terms(items: pl.DataFrame, config: Language, wish: Wish) -> pl.DataFrame:
    """Return ``item, terms, agreed``: the glossary's terms in its source, and their agreed translations."""
    entries = pl.DataFrame(schema={"source": pl.String, "target": pl.String})
    if wish.glossary is not None:
        entries = read_glossary(wish.glossary, language(ENGLISH), config)
    source = pl.col("texts").list.eval(pl.element().struct.field("source")).list.join("\n").str.to_lowercase()
    asked = items.select("item", source.alias("text")).join(entries, how="cross")
    found = asked.filter(pl.col("text").str.contains(pl.col("source").str.to_lowercase(), literal=True))
    listed = found.group_by("item").agg(terms=pl.col("source"), agreed=pl.col("target"))
    return (
        items.select("item").join(listed, on="item", how="left").with_columns(pl.col("terms", "agreed").fill_null([]))
    )


def _assign(items: pl.DataFrame, config: Language, seed: str, wish: Wish) -> pl.DataFrame:
    """Return `ASSIGNMENTS`: the same share of every part twice, and the same load for every rater."""
    raters = _raters(config, wish)
    load = dict.fromkeys(raters, 0)
    pairs = cycle(list(combinations(raters, 2)))
    chosen: list[tuple[str, str]] = []
    by_part = items.select("item", "part").sort("part", "item")
    for _, part in by_part.group_by("part", maintain_order=True):
        doubles = round(part.height * wish.twice)
        for place, item in enumerate(part["item"]):
            pair = next(pairs) if place < doubles else (min(raters, key=lambda rater: load[rater]),)
            for rater in pair:
                load[rater] += 1
                chosen.append((item, rater))
    frame = pl.DataFrame(chosen, schema={"item": pl.String, "rater": pl.String}, orient="row").with_columns(
        code=pl.Series([_code(config, f"{seed}/{rater}/{item}") for item, rater in chosen], dtype=pl.String)
    )
    # The code is a hash, so its order reveals nothing either.
    placed = frame.sort("rater", "code").with_columns(place=pl.int_range(pl.len()).over("rater"))
    return placed.with_columns(config=pl.lit(config.name)).select(pl.col(n).cast(k) for n, k in ASSIGNMENTS.items())


def _code(config: Language, text: str) -> str:
    """Return eight letters and digits that no spreadsheet takes for a number or a date."""
    value = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
    return f"{config.tag}-" + "".join(ALPHABET[value // len(ALPHABET) ** place % len(ALPHABET)] for place in range(8))


def _settings(
    build: BuildFolder, name: str, wish: Wish, sizes: Mapping[str, Mapping[str, int]], assignments: pl.DataFrame
) -> dict[str, object]:
    load = dict(
        assignments.group_by("config", "rater", maintain_order=True)
        .len()
        .select(pl.format("{}:{}", "config", "rater"), "len")
        .iter_rows()
    )
    return {
        "round": name,
        "version": wish.version or name,
        "build": str(build.root.absolute()),
        "items": wish.items,
        **({"interval": wish.interval} if wish.interval is not None else {}),
        "risk": wish.risk,
        "twice": wish.twice,
        "seed": wish.seed,
        **{f"rows-{config}": size for config, size in sizes.items()},
        "load": {key.replace(":", "-"): value for key, value in load.items()},
    }


def _summary(items: pl.DataFrame, assignments: pl.DataFrame, sizes: Mapping[str, Mapping[str, int]]) -> pl.DataFrame:
    raters = assignments.group_by("item").len("raters")
    return (
        items.join(raters, on="item")
        .group_by("config", "part", maintain_order=True)
        .agg(items=pl.len(), twice=(pl.col("raters") > 1).sum())
        .with_columns(rows=pl.col("config").replace_strict({name: size["rows"] for name, size in sizes.items()}))
        .with_columns(interval=pl.when(part="random").then(_half_width(pl.col("items"), pl.col("rows"))))
        .sort("config", "part")
    )

"""The items of a made-up corpus: how many texts each has and how long they are, without the texts themselves."""

import numpy as np
import polars as pl

from benchmarks.corpus.shape import GRID, Group, Text
from benchmarks.corpus.words import NUMBERS, STOCK

#: In the order in which an item's texts are kept.
TEXTS = ("question", "context", "premise", "hypothesis", "option", "long_answer")
#: Characters in English of a question that is repeated: in a shorter one a single word is too large a share.
LONG_ENOUGH = 150
#: Share of the questions that begin with a stock phrase.
STOCK_SHARE = 0.3
CHARACTERS_A_NUMBER = 40


def make_items(random: np.random.Generator, shape: tuple[Group, ...], size: int) -> pl.DataFrame:
    """``item, group, source, task, split, id, options, answer``: the sources' in their proportions."""
    share = np.array([group.items for group in shape], float) * size / sum(group.items for group in shape)
    counts = share.astype(int)
    # The remainder of rounding down goes to those that lost the most by it.
    counts[np.argsort(counts - share, kind="stable")[: size - counts.sum()]] += 1
    groups = enumerate(zip(shape, counts.tolist(), strict=True))
    made = [_group(random, place, group, count) for place, (group, count) in groups]
    return pl.concat(made).with_row_index("item")


def _group(random: np.random.Generator, place: int, group: Group, count: int) -> pl.DataFrame:
    options, answers, items = zip(*group.answers, strict=True)
    which = random.choice(len(items), size=count, p=np.array(items) / sum(items))
    prefix = f"{group.source}/{group.split}/"
    return pl.DataFrame({"number": np.arange(count)}).select(
        pl.lit(place).alias("group"),
        pl.lit(group.source).alias("source"),
        pl.lit(group.task).alias("task"),
        pl.lit(group.split).alias("split"),
        pl.format("{}{}", pl.lit(prefix), pl.col("number").cast(pl.String).str.zfill(6)).alias("id"),
        pl.Series("options", np.array(options)[which]),
        pl.Series("answer", np.array(answers)[which]),
    )


def plant(random: np.random.Generator, items: pl.DataFrame, share: float) -> pl.DataFrame:
    """Let a share of the items repeat one of training: ``origin``, whose texts it has (or its own), and ``edited``.

    It takes over that one's options and answer, and is of the same task and in another split.
    """
    count = round(share * items.height)
    shuffled = items.with_columns(key=random.random(items.height)).sort("key")
    place = pl.int_range(pl.len()).over("task").alias("place")
    held_out = shuffled.filter(pl.col("split") != "train").head(count).with_columns(place)
    originals = shuffled.filter(pl.col("split") == "train").with_columns(place)
    pairs = held_out.join(originals, on=["task", "place"]).sort("item")
    repeats = pairs.select(
        "item",
        pl.col("item_right").alias("origin"),
        pl.col("group_right").alias("like"),
        pl.col("options_right").alias("its_options"),
        pl.col("answer_right").alias("its_answer"),
        (pl.int_range(pl.len()) % 2 == 0).alias("edited"),
    )
    return items.join(repeats, on="item", how="left", maintain_order="left").select(
        *("item", "source", "task", "split", "id"),
        pl.coalesce("origin", "item").alias("origin"),
        pl.coalesce("like", "group").alias("group"),
        pl.coalesce("its_options", "options").alias("options"),
        pl.coalesce("its_answer", "answer").alias("answer"),
        pl.col("edited").fill_null(False),
    )


def make_texts(random: np.random.Generator, items: pl.DataFrame, shape: tuple[Group, ...]) -> pl.DataFrame:
    """Return every text of every item, in order: ``item, name, option, characters, numbers, stock, same, edited``.

    ``characters`` are those of the English text, ``stock`` the phrase it begins with (-1 is none), and ``same`` is the
    place of the text that it repeats (nearly always its own).
    """
    originals = items.filter(pl.col("origin") == pl.col("item"))
    repeated = originals["item"].is_in(items.filter(pl.col("origin") != pl.col("item"))["origin"].implode())
    originals = originals.with_columns(least=pl.when(repeated).then(LONG_ENOUGH).otherwise(1))
    parts = [
        _texts_of(random, originals.filter(pl.col("group") == place), text)
        for place, group in enumerate(shape)
        for text in group.texts
    ]
    made = pl.concat(parts).sort("origin", "name", "option").with_row_index("made")
    copies = items.select("item", "origin", "edited").join(made, on="origin").sort("item", "made")
    copies = copies.with_row_index("text")
    own = copies.filter(pl.col("item") == pl.col("origin")).select("made", same="text")
    return copies.join(own, on="made", maintain_order="left").drop("made", "origin", "text")


def _texts_of(random: np.random.Generator, items: pl.DataFrame, text: Text) -> pl.DataFrame:
    """Return one text (or every option) of the items of a group, in the columns of `make_texts`."""
    if text.name == "option":
        items = items.with_columns(option=pl.int_ranges(pl.col("options"))).explode("option")
    else:
        items = items.filter(pl.Series(random.random(items.height) < text.given)).with_columns(option=0)
    length = np.maximum(np.interp(random.random(items.height), GRID, text.characters), 1)
    stock = np.full(items.height, -1)
    if text.name == "question":
        length = np.maximum(length, items["least"].to_numpy())
        begins = random.random(items.height) < STOCK_SHARE
        stock = np.where(begins, random.integers(STOCK, size=items.height), -1)
    wanted = np.floor(length * text.numbers + random.random(items.height))
    return items.select(
        pl.col("item").alias("origin"),
        pl.lit(text.name, pl.Enum(TEXTS)).alias("name"),
        pl.col("option").cast(pl.Int64),
        pl.Series("characters", length),
        pl.Series("numbers", np.minimum(wanted, length // CHARACTERS_A_NUMBER).astype(np.int64)),
        pl.Series("stock", stock),
    )


def place_numbers(random: np.random.Generator, texts: pl.DataFrame) -> pl.DataFrame:
    """``text, rank, at, number``: how far into its text each number stands; the same in every language."""
    counts = texts["numbers"].to_numpy()
    text = np.repeat(np.arange(texts.height), counts)
    rank = np.arange(text.size) - np.repeat(np.cumsum(counts) - counts, counts)
    # Apart from each other, so that words come between any two.
    at = (rank + 0.25 + 0.5 * random.random(text.size)) / counts[text]
    return pl.DataFrame({"text": text, "rank": rank, "at": at, "number": random.integers(NUMBERS, size=text.size)})

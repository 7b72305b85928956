"""Made-up words in the script of every language, and texts of them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from globmed.languages import Language, select

LENGTHS = Path(__file__).parents[2] / "validation" / "signals" / "text" / "lexicon" / "lengths.toml"
SYLLABLES = Path(__file__).with_name("syllables.toml")
#: Number of words of a language; those up to each rank are common, usual and rare.
WORDS = 20_000
RANKS = (200, 3_000, WORDS)
CHARACTERS_A_RANGE = 1_500
#: Numbers with a unit, the same quantities in every language.
NUMBERS = 2_000
UNITS = ("mg", "mL", "g", "kg", "mmHg", "%")
#: Phrases with which questions begin, and the words of each.
STOCK, STOCK_WORDS = 50, 6
WORDS_A_SENTENCE = 15
#: The share of words that is edited where a text repeats another nearly.
EDITED = 0.05

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a language: the `WORDS`, then the `NUMBERS`; then all of them again, each ending a sentence."""

    texts: pa.Array
    space: str
    #: Characters of a word and the space after it, on average over a text.
    length: float

    def join(self, tokens: Places, starts: Places) -> pa.Array:
        """Texts of which each begins at one of the ``starts``; the last of these is where the last text ends."""
        return _join(self.texts, tokens, starts, self.space)


def made_up() -> dict[str, Language]:
    """Return the languages that have syllables to make words of, by config name."""
    return {entry.name: entry for entry in select(_entries())}


def words(language: Language, seed: int) -> Words:
    """Return the words of a language for a seed."""
    entry = _entries()[language.name]
    random = np.random.default_rng([seed, *language.tag.encode()])
    syllables = pa.array(_syllables(entry, random), pa.large_string())
    ends = np.cumsum(np.repeat(entry["syllables"], np.diff((0, *RANKS))))
    made = _join(syllables, random.integers(len(syllables), size=ends[-1]), np.concatenate([[0], ends]), "")
    each = pa.concat_arrays([made, pa.array(_numbers(language, seed), pa.large_string())])
    stop = pa.scalar(entry["stop"], pa.large_string())
    ending = pc.binary_join_element_wise(each, stop, pa.scalar("", pa.large_string()))
    share = np.diff(np.log(np.arange(1, WORDS + 2))) / np.log(WORDS + 1)
    length = float(share @ pc.utf8_length(made).to_numpy()) + len(entry["space"])
    return Words(pa.concat_arrays([each, ending]), entry["space"], length)


def _join(texts: pa.Array, tokens: Places, starts: Places, space: str) -> pa.Array:
    lists = pa.LargeListArray.from_arrays(pa.array(starts, pa.int64()), texts.take(pa.array(tokens)))
    return pc.binary_join(lists, pa.scalar(space, pa.large_string()))


def draw(random: np.random.Generator, size: int) -> Places:
    """Words as often as texts have them: about in inverse proportion to their rank."""
    return np.asarray((WORDS + 1) ** random.random(size)).astype(np.int64) - 1


def write_texts(texts: pl.DataFrame, numbers: pl.DataFrame, own: Words, language: Language, seed: int) -> pl.Series:
    """Return the texts in a language: words in the usual number, numbers in their places, edits, full stops."""
    random = np.random.default_rng([seed, WORDS, *language.tag.encode()])
    lengths = tomllib.loads(LENGTHS.read_text("utf-8"))[language.name]
    characters = texts["characters"].to_numpy() * np.exp(lengths["mean"])
    count = np.maximum(np.round(characters / own.length), 1).astype(np.int64)
    tokens, starts = _tokens(random, count, texts["stock"].to_numpy(), numbers)
    # A text that repeats another takes its words, and then its own edits.
    same = texts["same"].to_numpy()
    size = np.diff(starts)[same]
    ends = np.cumsum(size)
    within = np.arange(ends[-1]) - np.repeat(ends - size, size)
    tokens = tokens[np.repeat(starts[same], size) + within]
    _edit(random, tokens, texts, size)
    last = within == np.repeat(size, size) - 1
    prose = np.repeat((texts["name"] != "option").to_numpy(), size)
    tokens[prose & (last | (within % WORDS_A_SENTENCE == WORDS_A_SENTENCE - 1))] += WORDS + NUMBERS
    return pl.Series("written", own.join(tokens, np.concatenate([[0], ends])))


def _tokens(random: np.random.Generator, count: Places, stock: Places, numbers: pl.DataFrame) -> tuple[Places, Places]:
    """Words with the numbers among them, and where each text's begin and the last one's end."""
    drawn = draw(random, int(count.sum()))
    phrases = draw(random, STOCK * STOCK_WORDS).reshape(STOCK, STOCK_WORDS)
    stocked = np.flatnonzero((stock >= 0) & (count > 2 * STOCK_WORDS))
    begins = (np.cumsum(count) - count)[stocked]
    drawn[begins[:, None] + np.arange(STOCK_WORDS)] = phrases[stock[stocked]]
    text = numbers["text"].to_numpy()
    starts = np.concatenate([[0], np.cumsum(count + np.bincount(text, minlength=count.size))])
    place = starts[text] + (numbers["at"].to_numpy() * count[text]).astype(np.int64) + numbers["rank"].to_numpy()
    tokens = np.empty(starts[-1], np.int64)
    is_word = np.ones(tokens.size, bool)
    is_word[place] = False
    tokens[place] = WORDS + numbers["number"].to_numpy()
    tokens[is_word] = drawn
    return tokens, starts


def _edit(random: np.random.Generator, tokens: Places, texts: pl.DataFrame, size: Places) -> None:
    """Put another word for `EDITED` of the words that an edited item asks, one at least."""
    asked = (texts["edited"] & (texts["name"] != "long_answer")).to_numpy()
    place = np.flatnonzero(np.repeat(asked, size))
    place = place[tokens[place] < WORDS]
    item = np.repeat(texts["item"].to_numpy(), size)[place]
    keys = pl.DataFrame({"place": place, "item": item, "key": random.random(place.size)})
    wanted = (pl.len() * EDITED).round().clip(lower_bound=1).over("item")
    chosen = keys.filter(pl.col("key").rank("ordinal").over("item") <= wanted)["place"].to_numpy()
    tokens[chosen] = (tokens[chosen] + random.integers(1, WORDS, size=chosen.size)) % WORDS


def _entries() -> dict[str, Any]:
    return tomllib.loads(SYLLABLES.read_text("utf-8"))


def _syllables(entry: dict[str, Any], random: np.random.Generator) -> list[str]:
    if "ranges" in entry:
        bounds = [(ord(first), ord(last) + 1) for first, last in entry["ranges"]]
        return [chr(code) for bound in bounds for code in random.integers(*bound, size=CHARACTERS_A_RANGE).tolist()]
    parts = [[part.strip("-") for part in entry[name].split()] for name in ("onsets", "vowels", "codas")]
    return [onset + vowel + coda for onset in parts[0] for vowel in parts[1] for coda in parts[2]]


def _numbers(language: Language, seed: int) -> list[str]:
    random = np.random.default_rng([seed, NUMBERS])
    values = random.integers(1, 1000, NUMBERS).tolist()
    decimals = random.integers(0, 2, NUMBERS).tolist()
    units = random.integers(len(UNITS), size=NUMBERS).tolist()
    digits = str.maketrans("0123456789.", language.digits + language.decimal_mark)
    return [
        f"{value / 10**places:.{places}f}".translate(digits) + " " + UNITS[unit]
        for value, places, unit in zip(values, decimals, units, strict=True)
    ]

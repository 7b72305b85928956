"""Made-up words in the script of every language, and texts of them."""

import tomllib
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pycld2

from globmed.languages import Language, select
from globmed.languages.identify import FAULT_BELOW, share
from validation.signals.sizes import written
from validation.signals.text.negation import cues
from validation.signals.text.truncation import unfinished

LENGTHS = Path(__file__).parents[2] / "validation" / "signals" / "text" / "lexicon" / "lengths.toml"
SYLLABLES = Path(__file__).with_name("syllables.toml")
#: Number of words of a language; those up to each rank are common, usual and rare.
WORDS = 20_000
RANKS = (200, 3_000, WORDS)
CHARACTERS_A_RANGE = 1_500
#: Characters of an English text for each word that is drawn for it; those are used that fill the text's length.
SHORTEST = 2.5
CHARACTERS_A_WORD = 7
#: How often a word is repeated for the identifier of languages, which judges no short text.
SAID = 12
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
    #: The length of each of the `WORDS` with the space after it, as the signals count it, and on average over a text.
    lengths: npt.NDArray[np.float64]
    length: float

    def join(self, tokens: Places, starts: Places) -> pa.Array:
        """Texts of which each begins at one of the ``starts``; the last of these is where the last text ends."""
        return _join(self.texts, tokens, starts, self.space)


def made_up() -> dict[str, Language]:
    """Return the languages that have syllables to make words of, by config name."""
    return {entry.name: entry for entry in select(_entries())}


@cache
def words(language: Language, seed: int, *, plausible: bool = False) -> Words:
    """Return the words of a language for a seed.

    ``plausible`` ones take longer to make: they deny nothing, join nothing, and look like words of the language, so
    that texts of them pass for translations of each other.
    """
    entry = _entries()[language.name]
    random = np.random.default_rng([seed, *language.tag.encode()])
    syllables = np.array(_syllables(entry, random))
    sizes = zip(entry["syllables"], np.diff((0, *RANKS)).tolist(), strict=True)
    make = _plausible if plausible else _spelled
    spelled = [word for count, size in sizes for word in make(random, syllables, count, size, language)]
    made = pa.array(spelled, pa.large_string())
    each = pa.concat_arrays([made, pa.array(_numbers(language, seed), pa.large_string())])
    stop = pa.scalar(entry["stop"], pa.large_string())
    ending = pc.binary_join_element_wise(each, stop, pa.scalar("", pa.large_string()))
    lengths = pl.Series(spelled).to_frame("word").select(written(pl.col("word"), language)).to_series().to_numpy()
    lengths = lengths + len(entry["space"])
    frequency = np.diff(np.log(np.arange(1, WORDS + 2))) / np.log(WORDS + 1)
    return Words(pa.concat_arrays([each, ending]), entry["space"], lengths, float(frequency @ lengths))


def _spelled(
    random: np.random.Generator, syllables: npt.NDArray[np.str_], count: int, size: int, language: Language
) -> list[str]:
    """Make words of so many syllables."""
    return ["".join(each) for each in syllables[random.integers(len(syllables), size=(size, count))]]


def _plausible(
    random: np.random.Generator, syllables: npt.NDArray[np.str_], count: int, size: int, language: Language
) -> list[str]:
    """Make words of so many syllables that deny nothing, join nothing, and look like words of the language."""
    is_like = _is_of if count > 1 else _may_be_of
    made: list[str] = []
    while len(made) < size:
        spelled = _spelled(random, syllables, count, size, language)
        like = pl.Series([word for word in spelled if is_like(word, language)], dtype=pl.String)
        made += like.filter(~_is_marked(like, language)).to_list()
    return made[:size]


def _is_marked(spelled: pl.Series, language: Language) -> pl.Series:
    """Return which words deny something, or join to what comes after them, for the signals that look for either."""
    known, joining = cues(language), unfinished(language)
    word = pl.col("word")
    found = []
    for each in (word, word.str.normalize("NFD").str.replace_all("[\u0300-\u036f]", "")):
        found += [known.count(each)[1] > 0] if known else []
        found += [each.str.contains(joining)] if joining else []
    return spelled.to_frame("word").with_columns(reduce(or_, found, pl.lit(False)).alias("word")).to_series()


def _is_of(word: str, language: Language) -> bool:
    """Return whether the identifier of languages takes a word, said often enough, for one of the language."""
    _, _, found = pycld2.detect(" ".join([word] * SAID), bestEffort=True)
    return bool(found[0][1] == language.tag)


def _may_be_of(word: str, language: Language) -> bool:
    """Return whether it takes a word for one of the language if it expects that; too few syllables pass more."""
    found = share(" ".join([word] * SAID), language)
    return found is None or found > FAULT_BELOW


def _join(texts: pa.Array, tokens: Places, starts: Places, space: str) -> pa.Array:
    lists = pa.LargeListArray.from_arrays(pa.array(starts, pa.int64()), texts.take(pa.array(tokens)))
    return pc.binary_join(lists, pa.scalar(space, pa.large_string()))


def draw(random: np.random.Generator, size: int) -> Places:
    """Words as often as texts have them: about in inverse proportion to their rank."""
    return np.asarray((WORDS + 1) ** random.random(size)).astype(np.int64) - 1


def write_texts(texts: pl.DataFrame, numbers: pl.DataFrame, own: Words, language: Language, seed: int) -> pl.Series:
    """Return the texts in a language: words in the usual number, numbers in their places, edits, full stops."""
    # The same words, by their ranks, in every language: a translation has those of its source.
    random = np.random.default_rng([seed, WORDS])
    lengths = tomllib.loads(LENGTHS.read_text("utf-8"))[language.name]
    english = texts["characters"].to_numpy()
    characters = english * np.exp(lengths["mean"])
    tokens, starts = _tokens(random, english, characters, own, texts["stock"].to_numpy(), numbers)
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


def _tokens(
    random: np.random.Generator,
    english: npt.NDArray[np.float64],
    characters: npt.NDArray[np.float64],
    own: Words,
    stock: Places,
    numbers: pl.DataFrame,
) -> tuple[Places, Places]:
    """Words with the numbers among them, and where each text's begin and the last one's end."""
    drawn, count = _drawn(random, english, characters, own, stock)
    text = numbers["text"].to_numpy()
    starts = np.concatenate([[0], np.cumsum(count + np.bincount(text, minlength=count.size))])
    place = starts[text] + (numbers["at"].to_numpy() * count[text]).astype(np.int64) + numbers["rank"].to_numpy()
    tokens = np.empty(starts[-1], np.int64)
    is_word = np.ones(tokens.size, bool)
    is_word[place] = False
    tokens[place] = WORDS + numbers["number"].to_numpy()
    tokens[is_word] = drawn
    return tokens, starts


def _drawn(
    random: np.random.Generator,
    english: npt.NDArray[np.float64],
    characters: npt.NDArray[np.float64],
    own: Words,
    stock: Places,
) -> tuple[Places, Places]:
    """Words of texts of a length, to half a word, and how many each text has."""
    most = np.ceil(english / SHORTEST).astype(np.int64) + 1
    drawn = draw(random, int(most.sum()))
    begins = np.cumsum(most) - most
    phrases = draw(random, STOCK * STOCK_WORDS).reshape(STOCK, STOCK_WORDS)
    stocked = np.flatnonzero((stock >= 0) & (english > 2 * STOCK_WORDS * CHARACTERS_A_WORD))
    drawn[begins[stocked][:, None] + np.arange(STOCK_WORDS)] = phrases[stock[stocked]]
    length = own.lengths[drawn]
    ends = np.cumsum(length)
    within = ends - np.repeat(ends[begins] - length[begins], most)
    kept = within - length / 2 < np.repeat(characters, most)
    kept[begins] = True
    return drawn[kept], np.add.reduceat(kept, begins, dtype=np.int64)


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

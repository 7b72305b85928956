"""Near-duplicates: texts of one language that share most of their character shingles.

MinHash signatures (rensa) find the candidates and the Jaccard similarity of the shingle sets themselves decides, so
that no pair below the threshold is reported. Whether a pair is found depends only on its two texts, not on
the other rows and their order, on threads or Python's hash seed.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl
from rensa import RMinHash

from globmed.languages import Language

#: Two translations of one exam question into a language are 0.3 to 0.6 alike, texts with one word in twenty edited 0.5
#: to 0.9. Of the pairs of published exam questions above this that we read, nearly all ask the same.
THRESHOLD = 0.4
#: Characters in a shingle, by script. A shingle has to span two or three words: where words are short or not
#: parted, 13 characters are a whole clause, and elsewhere 5 are but one common word.
SHINGLE = {"Hans": 5, "Jpan": 5, "Kore": 7}
OTHER_SHINGLE = 13

#: 64 bands of 3 values find 98.5 % of the pairs at similarity 0.4 and 99.98 % at 0.5.
BANDS, VALUES_A_BAND = 64, 3
SEED = 1
CHARACTERS_A_BATCH = 4_000_000
PAIRS_A_BATCH = 2_000

Hashes = npt.NDArray[np.uint64]
_MULTIPLIER = np.uint64(0x9E6C63D0876A9A35)


def near_duplicates(
    texts: pl.DataFrame, language: Language, threshold: float = THRESHOLD, of: pl.Series | None = None
) -> pl.DataFrame:
    """Find the near-duplicate pairs among ``id, text``: ``id_a, id_b, similarity``, sorted, ``id_a`` before ``id_b``.

    Letter case, white space and compatibility forms are ignored. A text shorter than a shingle matches only equal
    texts; an empty one matches none. With the ids ``of`` some texts, only pairs that contain one of these.
    """
    size = SHINGLE.get(language.script, OTHER_SHINGLE)
    known = texts.select("id", text=folded(pl.col("text"))).filter(pl.col("text") != "")
    distinct = known["text"].unique().sort()
    long = distinct.filter(distinct.str.len_chars() >= size)
    wanted = distinct if of is None else known.filter(pl.col("id").is_in(of.implode()))["text"].unique().sort()
    candidates = _candidates(long, size, long.is_in(wanted.implode()))
    alike = _verified(long, candidates, size).filter(pl.col("similarity") >= threshold)
    same = pl.select(text_a=wanted, text_b=wanted).with_columns(similarity=1.0)
    pairs = _pairs(pl.concat([same, alike]), known)
    return pairs if of is None else pairs.filter(pl.any_horizontal(pl.col("id_a", "id_b").is_in(of.implode())))


def _pairs(alike: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of ids whose texts are near-duplicates."""
    return (
        alike.join(known.select(id_a="id", text_a="text"), on="text_a")
        .join(known.select(id_b="id", text_b="text"), on="text_b")
        # A pair of equal texts comes in both orders, one of different texts in either.
        .filter((pl.col("text_a") != pl.col("text_b")) | (pl.col("id_a") < pl.col("id_b")))
        .select(
            pl.min_horizontal("id_a", "id_b").alias("id_a"),
            pl.max_horizontal("id_a", "id_b").alias("id_b"),
            "similarity",
        )
        .sort("id_a", "id_b")
    )


def folded(text: pl.Expr) -> pl.Expr:
    """Normalize a text for comparison."""
    return text.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()


def _candidates(texts: pl.Series, size: int, wanted: pl.Series) -> pl.DataFrame:
    """Return ``a, b``: places of texts that share a signature band, ``a`` before ``b``, at least one ``wanted``."""
    bands = pl.concat([pl.DataFrame(schema={"place": pl.UInt32, "band": pl.UInt64}), *_bands(texts, size)])
    marked = bands.filter(pl.len().over("band") > 1).with_columns(wanted=pl.lit(wanted).gather("place")).lazy()
    return (
        marked.filter("wanted")
        .join(marked, on="band")
        # Where both are wanted, the pair comes in both orders.
        .filter((pl.col("place") < pl.col("place_right")) | ~pl.col("wanted_right"))
        .select(a=pl.min_horizontal("place", "place_right"), b=pl.max_horizontal("place", "place_right"))
        .unique()
        .sort("a", "b")
        .collect()
    )


def _bands(texts: pl.Series, size: int) -> Iterator[pl.DataFrame]:
    """Yield ``place, band``: a hash of each band of each text's signature, salted by the band's position."""
    salt = _mixed(np.arange(BANDS, dtype=np.uint64))
    for start, batch in _batches(texts):
        hashes, offsets = _shingles(batch, size)
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(hashes, offsets, BANDS * VALUES_A_BAND, SEED)
        values = np.array(matrix.to_rows(), np.uint64).reshape(len(batch), BANDS, VALUES_A_BAND)
        band = np.broadcast_to(salt, (len(batch), BANDS))
        for value in range(VALUES_A_BAND):
            band = _mixed(band * _MULTIPLIER + values[:, :, value])
        place = np.repeat(np.arange(start, start + len(batch), dtype=np.uint32), BANDS)
        yield pl.DataFrame({"place": place, "band": band.ravel()})


def _batches(texts: pl.Series) -> Iterator[tuple[int, pl.Series]]:
    """Yield slices of about `CHARACTERS_A_BATCH` characters, each with the place of its first text."""
    batch = (texts.str.len_chars().cast(pl.Int64).cum_sum() // CHARACTERS_A_BATCH).rle_id()
    for part in pl.DataFrame({"text": texts, "batch": batch}).with_row_index("place").partition_by("batch"):
        yield part["place"][0], part["text"]


def _shingles(texts: pl.Series, size: int) -> tuple[Hashes, Hashes]:
    """Return the hashes of every text's shingles, and the offsets where each text's begin (and the last one's end)."""
    length = texts.str.len_chars().to_numpy().astype(np.int64)
    characters = np.frombuffer("".join(texts.to_list()).encode("utf-32-le"), np.uint32).astype(np.uint64)
    rolled = np.zeros(max(characters.size - size + 1, 0), np.uint64)
    for place in range(size):
        rolled = rolled * _MULTIPLIER + characters[place : place + rolled.size]
    count = np.maximum(length - size + 1, 0)
    offsets = np.concatenate([[0], np.cumsum(count)])
    # A window that reaches into the next text does not count: each text has only its first ``count``.
    skipped = np.repeat(np.cumsum(length) - length - offsets[:-1], count)
    return _mixed(rolled[np.arange(offsets[-1]) + skipped]), offsets.astype(np.uint64)


def _mixed(values: Hashes) -> Hashes:
    """Apply the finaliser of SplitMix64: every bit of the value changes every bit of the hash."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _verified(texts: pl.Series, candidates: pl.DataFrame, size: int) -> pl.DataFrame:
    """Compute ``text_a, text_b, similarity``: the Jaccard similarity of the candidates' shingle sets."""
    verified = [pl.DataFrame(schema={"text_a": pl.String, "text_b": pl.String, "similarity": pl.Float64})]
    for pairs in candidates.iter_slices(PAIRS_A_BATCH):
        places = pl.concat([pairs["a"], pairs["b"]]).unique().sort()
        part = texts.gather(places)
        hashes, offsets = _shingles(part, size)
        sets = (
            pl.DataFrame({"place": np.repeat(places.to_numpy(), np.diff(offsets).astype(np.int64)), "hash": hashes})
            .group_by("place", maintain_order=True)
            .agg(pl.col("hash").unique())
            .select("place", "hash", text=part)
        )
        verified.append(
            pairs.join(sets.rename({"place": "a", "hash": "set_a", "text": "text_a"}), on="a")
            .join(sets.rename({"place": "b", "hash": "set_b", "text": "text_b"}), on="b")
            .with_columns(common=pl.col("set_a").list.set_intersection("set_b").list.len().cast(pl.Int64))
            .with_columns(every=pl.col("set_a").list.len() + pl.col("set_b").list.len() - pl.col("common"))
            .select("text_a", "text_b", similarity=pl.col("common") / pl.col("every"))
        )
    return pl.concat(verified)

"""Fit how long translations into each language usually are: ``python -m benchmarks.lengths``.

Writes ``validation/signals/text/lexicon/lengths.toml``: median and spread (1.4826 times the median absolute
deviation) of the logarithm of length (`validation.signals.sizes`) over characters of the English source, from the human
translations of NTREX-128; and the scores below which a text is short, and above which one with another sentence is
longer.
"""

from pathlib import Path

import polars as pl

from benchmarks.corpus.corpora import pairs
from globmed.languages import ENGLISH, Language, languages
from validation.signals.sentences import sentences
from validation.signals.sizes import characters, written

ENGLISH_FIT = {"mean": 0.0, "spread": 0.15, "short": -1.75, "longer": 1.0}
OUT = Path("validation/signals/text/lexicon/lengths.toml")


#: The shares of human translations that may look cut, and that may look as if they went on.
SHORT, LONGER = 0.03, 0.015


def main() -> None:
    """Fit every language and write the file."""
    lines = ["# Logarithm of length over characters of the English source; see benchmarks/translation/lengths.py."]
    for name, language in languages().items():
        fitted = ENGLISH_FIT if name == ENGLISH else _fit(pairs(language), language)
        lines += ["", f"[{name}]", *(f"{key} = {value:.3f}" for key, value in fitted.items())]
    OUT.write_text("\n".join(lines) + "\n", "utf-8")


def _fit(corpus: pl.DataFrame, language: Language) -> dict[str, float]:
    source, target = pl.col("source"), pl.col("target")
    ntrex = corpus.filter(pl.col("id").str.starts_with("ntrex:"), source.str.len_chars() >= 60)
    ratio = ntrex.select((written(target, language) / characters(source)).log()).to_series()
    mean = float(ratio.median() or 0.0)  # type: ignore[arg-type]
    spread = 1.4826 * float((ratio - mean).abs().median() or 0.0)  # type: ignore[arg-type]
    score = (ratio - mean) / (spread * ntrex.select((1 + 40 / characters(source)).sqrt()).to_series())
    more = score.filter(ntrex.select(sentences(target) > sentences(source)).to_series())
    above = int(LONGER * score.len())
    longer = more.sort(descending=True)[above] if more.len() > above else 0.0
    return {
        "mean": mean,
        "spread": spread,
        "short": float(score.quantile(SHORT) or 0.0),
        "longer": min(max(0.0, float(longer)), 2.0),
    }


if __name__ == "__main__":
    main()

"""Fit how long translations into each language usually are: ``python -m benchmarks.lengths``.

Writes ``validation/signals/text/lexicon/lengths.toml``: median and spread (1.4826 times the median absolute
deviation) of the logarithm of characters over characters of the English source, from the human translations of
NTREX-128.
"""

from pathlib import Path

import polars as pl

from benchmarks.corpus.corpora import pairs
from globmed.languages import ENGLISH, languages
from validation.signals.text.length import characters

OUT = Path("validation/signals/text/lexicon/lengths.toml")


def main() -> None:
    """Fit every language and write the file."""
    lines = ["# Logarithm of characters over those of the English source; see benchmarks/translation/lengths.py."]
    for name, language in languages().items():
        mean, spread = (0.0, 0.15) if name == ENGLISH else _fit(pairs(language))
        lines += ["", f"[{name}]", f"mean = {mean:.3f}", f"spread = {spread:.3f}"]
    OUT.write_text("\n".join(lines) + "\n", "utf-8")


def _fit(corpus: pl.DataFrame) -> tuple[float, float]:
    ntrex = corpus.filter(pl.col("id").str.starts_with("ntrex:"), pl.col("source").str.len_chars() >= 60)
    ratio = ntrex.select((characters(pl.col("target")) / characters(pl.col("source"))).log()).to_series()
    median = float(ratio.median() or 0.0)  # type: ignore[arg-type]
    return median, 1.4826 * float((ratio - median).abs().median() or 0.0)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()

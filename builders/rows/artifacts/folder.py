"""The folder of a build: the artifact of every stage."""

from dataclasses import dataclass
from pathlib import Path

from builders.rows.leaks import ITEMS, LEAKS
from builders.rows.memory import MEMORY, REPORT
from globmed.languages import Language
from validation.facts.remember import JUDGED, SCORES


@dataclass(frozen=True, slots=True)
class BuildFolder:
    """The folder of a build: the artifact of every stage."""

    root: Path

    @property
    def items(self) -> Path:
        """Items, rejects and their report, from the items stage."""
        return self.root / "items"

    @property
    def pivoted(self) -> Path:
        """The items, with English ones for those that were born in another language."""
        return self.root / "pivot" / ITEMS

    @property
    def kept(self) -> Path:
        """The items that rows are made from."""
        return self.root / "kept" / ITEMS

    @property
    def leaks(self) -> Path:
        """The pairs because of which an item was left out of train."""
        return self.root / "kept" / LEAKS

    @property
    def rows(self) -> Path:
        """One folder per config, one Parquet file per split and source: ``<split>-<source>.parquet``."""
        return self.root / "rows"

    @property
    def report(self) -> Path:
        """Rows and absent items by config, source, split and task."""
        return self.root / "report.json"

    @property
    def request(self) -> Path:
        """The request that the build was made from."""
        return self.root / "request.json"

    @property
    def inputs(self) -> Path:
        """The inputs of the rows, by content."""
        return self.root / "inputs.json"

    def translations(self, language: Language) -> Path:
        """Return the path of the translations into a language, with their origins."""
        return self.root / "translations" / f"{language.name}.parquet"

    def assembled(self, language: Language) -> Path:
        """Return the path of all rows of a language, including withheld ones."""
        return self.root / "assembled" / f"{language.name}.parquet"

    def back(self, language: Language) -> Path:
        """Return the path of a language's machine translations, translated back."""
        return self.root / "back" / f"{language.name}.parquet"

    def estimates(self, language: Language) -> Path:
        """Return the path of a learned model's estimates of a language's machine translations."""
        return self.root / "estimates" / f"{language.name}.parquet"

    @property
    def judged(self) -> Path:
        """What the build measured, and validation and cards worked out of its rows, for the next run."""
        return self.root / JUDGED

    @property
    def scores(self) -> Path:
        """Cached signals of pairs of texts."""
        return self.judged / SCORES

    @property
    def estimator_store(self) -> Path:
        """Cached estimates of learned models."""
        return self.root / "estimator-store"

    @property
    def segments(self) -> Path:
        """The texts of the English items."""
        return self.root / "segments.parquet"

    @property
    def memory(self) -> Path:
        """The translation memory."""
        return self.root / "memory" / MEMORY

    @property
    def memory_report(self) -> Path:
        """The report on the units of the translation memory."""
        return self.root / "memory" / REPORT

    @property
    def sentences(self) -> Path:
        """The segments split into sentences."""
        return self.root / "pieces.parquet"

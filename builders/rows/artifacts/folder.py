"""Where a build keeps the artifact of every stage."""

from dataclasses import dataclass
from pathlib import Path

from builders.rows.leaks import ITEMS, LEAKS
from builders.rows.memory import MEMORY, REPORT
from globmed.languages import Language


@dataclass(frozen=True, slots=True)
class BuildFolder:
    """Where a build keeps the artifact of every stage."""

    root: Path

    @property
    def items(self) -> Path:
        """Items, rejects and their report, from the items stage."""
        return self.root / "items"

    @property
    def kept(self) -> Path:
        """The items of which rows are made."""
        return self.root / "kept" / ITEMS

    @property
    def leaks(self) -> Path:
        """The pairs for which an item was left out of train."""
        return self.root / "kept" / LEAKS

    @property
    def rows(self) -> Path:
        """One folder a config, one Parquet file a split and source: ``<split>-<source>.parquet``."""
        return self.root / "rows"

    @property
    def report(self) -> Path:
        """Rows and absent items by config, source, split and task."""
        return self.root / "report.json"

    @property
    def request(self) -> Path:
        """What the build was asked for."""
        return self.root / "request.json"

    @property
    def inputs(self) -> Path:
        """What the rows depend on, by content."""
        return self.root / "inputs.json"

    def translations(self, language: Language) -> Path:
        """The translations into a language, and where each came from."""
        return self.root / "translations" / f"{language.name}.parquet"

    def assembled(self, language: Language) -> Path:
        """Every row of a language, those that are withheld too."""
        return self.root / "assembled" / f"{language.name}.parquet"

    def back(self, language: Language) -> Path:
        """The machine translations into a language, translated back."""
        return self.root / "back" / f"{language.name}.parquet"

    def estimates(self, language: Language) -> Path:
        """What a learned model expects people to say of the machine translations into a language."""
        return self.root / "estimates" / f"{language.name}.parquet"

    @property
    def scores(self) -> Path:
        """What signals said already of pairs of texts."""
        return self.root / "scores"

    @property
    def estimator_store(self) -> Path:
        """What learned models said already."""
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
        """What became of the units of the translation memory."""
        return self.root / "memory" / REPORT

    @property
    def sentences(self) -> Path:
        """The segments split into sentences."""
        return self.root / "pieces.parquet"

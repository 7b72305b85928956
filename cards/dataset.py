"""The dataset card: README.md of the dataset repository, rendered from the build's own figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
import yaml

from globmed.languages import Language
from globmed.schema import SPLITS, field_table
from globmed.versions import Version

TASK_CATEGORIES = {
    "mcqa": "multiple-choice",
    "yesno": "question-answering",
    "nli": "text-classification",
    "lfqa": "question-answering",
}
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


@dataclass(frozen=True, slots=True)
class ConfigFigures:
    """Rows of one config by split and by origin."""

    language: Language
    rows: Mapping[str, int]
    origins: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """What the card says of a source."""

    name: str
    title: str
    tasks: Sequence[str]
    licence: str
    upstream: str
    revision: str | None
    publish_reason: str


@dataclass(frozen=True, slots=True)
class DatasetCard:
    """Everything the card is rendered from."""

    repository: str
    version: Version
    configs: Sequence[ConfigFigures]
    sources: Sequence[SourceFigures]
    withheld: Sequence[SourceFigures]
    private: bool

    def render(self) -> str:
        """The card as Markdown with the YAML front matter that the Hub reads."""
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).parent),
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # noqa: S701 -- Markdown, from the project's own descriptors and figures
            trim_blocks=False,
            keep_trailing_newline=True,
        )
        return environment.get_template("dataset.md.jinja").render(
            front_matter=yaml.safe_dump(self._front_matter(), sort_keys=False, allow_unicode=True),
            version=str(self.version),
            tag=self.version.tag,
            repository=self.repository,
            rows=self._total,
            private=self.private,
            example=self._example,
            splits=SPLITS,
            configs=[
                {
                    "name": figures.language.name,
                    "native_name": figures.language.native_name,
                    "tag": figures.language.tag,
                    "tier": figures.language.tier,
                    "rows": {split: figures.rows.get(split, 0) for split in SPLITS},
                    "origins": figures.origins,
                }
                for figures in self.configs
            ],
            sources=self.sources,
            withheld=self.withheld,
            field_table=field_table(),
        )

    @property
    def _total(self) -> int:
        return sum(sum(figures.rows.values()) for figures in self.configs)

    @property
    def _example(self) -> str:
        names = [figures.language.name for figures in self.configs]
        return "swahili" if "swahili" in names else names[0]

    def _front_matter(self) -> dict[str, object]:
        tasks = {task for source in self.sources for task in source.tasks}
        return {
            "pretty_name": "GlobMed",
            "license": "other",
            "license_name": "by-source",
            "license_link": "LICENSES",
            "language": sorted(figures.language.tag for figures in self.configs),
            "multilinguality": ["multilingual"],
            "task_categories": sorted({TASK_CATEGORIES[task] for task in tasks}),
            "size_categories": [next((name for limit, name in SIZES if self._total < limit), "1M<n<10M")],
            "tags": ["medical"],
            "configs": [
                {
                    "config_name": figures.language.name,
                    "data_files": [
                        {"split": split, "path": f"data/{figures.language.name}/{split}-*.parquet"}
                        for split in SPLITS
                        if figures.rows.get(split)
                    ],
                }
                for figures in self.configs
            ],
        }

"""The cards of a dataset's version: README and pages on columns, quality and each language, from its rows' figures."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import yaml

from cards import TEMPLATES
from cards.draft import Draft
from cards.figures import Born, ConfigFigures, ExampleRow, Gap, Leaks, SourceFigures
from cards.tables import dataset as tables
from cards.tasks import TASK_CATEGORIES, TASK_NAMES
from cards.words import abstracts, reasons, statements
from globmed.errors import UserError
from globmed.render.markdown import inside, name, repository
from globmed.render.page import render
from globmed.schema import SPLITS, TASKS, field_table
from globmed.versions import REPOSITORY
from globmed.versions.numbers import Version

SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
#: Words in a file name that ``datasets`` reads as a split: a source with such a name would mislead it.
SPLIT_WORDS = frozenset(
    ("train", "training", "validation", "valid", "val", "dev", "test", "testing", "eval", "evaluation")
)
TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file of the repository, with a description for those who cannot see it."""

    path: str
    alt: str


@dataclass(frozen=True, slots=True)
class DatasetCard:
    """The data that the cards are rendered from.

    Attributes:
        configs: figures of the rows, see `cards.figures.count_configs`.
        sources: the sources of this version.
        withheld: sources that were built and may not be in this repository.
        leaks: items left out of train; empty if there are none.
        gaps: the English items that each config lacks.
        pictures: by topic: ``parity``, ``origins``, ``signals`` or ``labels``; the languages' pages have their figures.
        draft: whether it is a draft and not a version.
        born: the items that were born in another language than English.
        item: an item of train, its row in a few languages.
    """

    repository: str
    version: Version
    configs: Sequence[ConfigFigures]
    sources: Sequence[SourceFigures]
    withheld: Sequence[SourceFigures]
    private: bool
    leaks: Sequence[Leaks] = ()
    gaps: Sequence[Gap] = ()
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    draft: Draft | None = None
    born: Sequence[Born] = ()
    item: Sequence[ExampleRow] = ()

    def __post_init__(self) -> None:
        """Refuse values that are not allowed in a path, in code or in YAML.

        Raises:
            UserError: an invalid name of a repository, config, source or picture.
        """
        repository(self.repository)
        for each in self.configs:
            name(each.language.name, "language")
            if TAG.fullmatch(each.language.tag) is None:
                raise UserError(f"language tag {each.language.tag[:60]!r}: expected BCP-47; correct languages.toml")
        for source in (*self.sources, *self.withheld):
            _check_source(source.name)
        for picture in self.pictures.values():
            inside(picture.path)

    @property
    def total(self) -> int:
        """Rows in all configs."""
        return sum(each.total for each in self.configs)

    @property
    def revision(self) -> str:
        """The revision to load: the version's tag, or the draft's branch."""
        return self.draft.branch if self.draft else self.version.tag

    @property
    def called(self) -> str:
        """The name of the version or draft, for readers."""
        return f"draft of {self.draft.language}" if self.draft else f"version {self.version}"

    @property
    def example(self) -> ConfigFigures:
        """The config that the code examples load."""
        wanted = self.draft.language if self.draft else "swahili"
        return next((each for each in self.configs if each.language.name == wanted), self.configs[0])

    @property
    def tasks(self) -> list[str]:
        """The tasks that have rows."""
        return [task for task in TASKS if any(each.tasks.get(task) for each in self.configs)]

    def render(self) -> str:
        """Return README.md, with the YAML front matter that the Hub reads."""
        front_matter = yaml.safe_dump(
            self._front_matter(), sort_keys=False, allow_unicode=True, width=10_000, default_flow_style=None
        )
        return f"---\n{front_matter}---\n\n" + render(
            "dataset.md.jinja",
            {
                "card": self,
                "kinds": ", ".join(TASK_NAMES[task] for task in self.tasks),
                "snippets": self._snippets(),
                "citation": self.citation(),
                "words": statements(),
                "tables": tables,
            },
            TEMPLATES,
        )

    def columns(self) -> str:
        """Return ``COLUMNS.md``."""
        return render("columns.md.jinja", {"field_table": field_table()}, TEMPLATES)

    def quality(self) -> str:
        """Return ``QUALITY.md``."""
        explained = [code for code in reasons() if any(code in each.quality.reasons for each in self.configs)]
        return render(
            "quality.md.jinja",
            {"card": self, "words": statements(), "explained": explained, "reasons": reasons()},
            TEMPLATES,
        )

    def limitations(self) -> str:
        """Return ``LIMITATIONS.md``."""
        return render("limitations.md.jinja", {"card": self, "words": statements()}, TEMPLATES)

    def page(self, config: ConfigFigures) -> str:
        """Return ``languages/<config>.md``."""
        return render(
            "language.md.jinja",
            {
                "card": self,
                "config": config,
                "entry": abstracts().get(config.language.name),
                "words": statements(),
                "tables": tables,
                "reasons": reasons(),
            },
            TEMPLATES,
        )

    def citation(self) -> str:
        """Return this version as BibTeX."""
        return (
            f"@misc{{globmed-{self.draft.branch if self.draft else self.version},\n"
            f"  title = {{{{GlobMed}}: medical questions in many languages, {self.called}}},\n"
            "  author = {{The GlobMed contributors}},\n"
            f"  howpublished = {{\\url{{https://huggingface.co/datasets/{self.repository}/tree/{self.revision}}}}},\n"
            f"  note = {{Dataset {self.repository}, {'branch' if self.draft else 'tag'} {self.revision}}}\n"
            "}"
        )

    def _snippets(self) -> dict[str, str]:
        """Return Python that loads the example config of this version, and a command that shows it, by topic."""
        config = self.example.language.name
        split = next(split for split in reversed(SPLITS) if self.example.rows.get(split))
        arguments = f'"{self.repository}", "{config}", revision="{self.revision}"'
        own = self.repository == REPOSITORY
        elsewhere = "" if own else f', repository="{self.repository}"'
        return {
            "load": (
                f"from datasets import load_dataset\n\nrows = load_dataset({arguments})\n"
                f'stream = load_dataset({arguments}, split="{split}", streaming=True)'
            ),
            "globmed": f'import globmed\n\nrows = globmed.load("{config}", version="{self.version}"{elsewhere})',
            "explore": f"globmed explore --version {self.version}"
            + ("" if own else f" --repository {self.repository}"),
        }

    def _front_matter(self) -> dict[str, object]:
        return {
            "pretty_name": "GlobMed",
            "license": "other",
            "license_name": "by-source",
            "license_link": "LICENSES",
            "language": sorted(each.language.tag for each in self.configs),
            "multilinguality": ["multilingual"],
            "task_categories": sorted({TASK_CATEGORIES[task] for task in self.tasks}),
            "size_categories": [next((size for limit, size in SIZES if self.total < limit), "1M<n<10M")],
            "tags": ["medical"],
            # Splits and files are named, so that a client requests only those of its own config.
            "configs": [
                {
                    "config_name": each.language.name,
                    "data_files": [
                        {"split": split, "path": f"data/{each.language.name}/{split}-*.parquet"}
                        for split in SPLITS
                        if each.rows.get(split)
                    ],
                }
                for each in self.configs
            ],
        }


def _check_source(source: str) -> None:
    if words := SPLIT_WORDS & set(re.split(r"[_0-9]", name(source, "source"))):
        raise UserError(f"source {source!r}: {min(words)!r} would be taken for a split; choose another name")

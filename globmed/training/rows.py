"""Rows of a published version for training: verified, rendered, separated from the held-out splits, and mixed.

The data are recorded down to the commit and the manifest's SHA-256, so that a model's card can name them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import polars as pl

from globmed.errors import UserError, unknown
from globmed.languages import Language, select
from globmed.prompts import Prompts, Style, prompts
from globmed.records.training import DataRecord
from globmed.schema import SPLITS, TASKS
from globmed.training.mixing import Mix, draw
from globmed.versions import REPOSITORY
from globmed.versions.load import load
from globmed.versions.published import Published, resolve

if TYPE_CHECKING:
    import datasets

#: Returns for each row whether a model can be trained on it as a whole.
Fits = Callable[["datasets.Dataset"], Sequence[bool]]
Contaminated = Literal["refuse", "drop"]
TRAIN = "train"
HELD_OUT = tuple(split for split in SPLITS if split != TRAIN)
SPECIALTY = "specialty"
#: The columns of a row that are kept beside its conversation: its identity, and those that rewards need.
KEPT = ("id", "language", "task", "options", "answer", SPECIALTY)
#: Without it, the template of Qwen3 puts an empty thought before the answer, and thereby into the loss.
CHAT_TEMPLATE = {"enable_thinking": False}


@dataclass(frozen=True)
class TrainingData:
    """A recipe's settings of the dataset."""

    version: str = field(metadata={"help": "Number, tag or full commit hash of a published version."})
    dataset: str = field(default=REPOSITORY, metadata={"help": "Dataset repository."})
    languages: list[str] = field(default_factory=list, metadata={"help": "Config names or tags; all when empty."})
    tasks: list[str] = field(default_factory=lambda: list(TASKS), metadata={"help": "mcqa, yesno, nli, lfqa."})
    specialties: list[str] = field(
        default_factory=list, metadata={"help": "Fields of medicine, as `specialty` has them; all rows when empty."}
    )
    style: Style = field(default="native", metadata={"help": "Language of the instructions: native or english."})
    mix_temperature: float = field(
        default=1.0, metadata={"help": "Share of a language: its rows to the power of 1/temperature; 1 is as they are."}
    )
    mix_weights: list[float] = field(
        default_factory=list, metadata={"help": "Explicit shares, in the order of the languages."}
    )
    mix_rows: int = field(default=0, metadata={"help": "Rows in the mix; as many as there are when 0."})
    mix_seed: int = field(default=0, metadata={"help": "Seed of the draw and of the order."})
    contaminated: Contaminated = field(
        default="refuse", metadata={"help": "Rows of train whose prompt is also in a held-out split: refuse, or drop."}
    )


@dataclass(frozen=True, slots=True)
class Prepared:
    """The mixed rows of train, those of validation, and the record of their origin."""

    train: "datasets.Dataset"
    validation: "datasets.Dataset"
    record: DataRecord


def prepare(wanted: TrainingData, endpoint: str | None = None, fits: Fits | None = None) -> Prepared:
    """Load, check, render and mix the rows of a recipe.

    Args:
        wanted: the recipe's settings.
        endpoint: as `globmed.versions.load`.
        fits: rows that it rejects are left out before the others are mixed.

    Raises:
        UserError: as `load`; an unknown task; no rows of train, or none that fits; a row of train whose id is
            also in a held-out split, or its prompt, if such rows are not to be dropped.
    """
    import datasets

    _check_choices(wanted)
    # YAML reads 1.0 as a number.
    chosen = select(wanted.languages) if wanted.languages else None
    published = resolve(str(wanted.version), wanted.dataset, endpoint)
    chosen = chosen or select(published.configs)
    loaded = {entry.name: load(entry.name, published.commit, wanted.dataset, endpoint) for entry in chosen}
    _check_ids(loaded)
    rendered = {entry.name: _render_splits(loaded[entry.name], entry, wanted) for entry in chosen}
    # What is held out is held out of every specialty.
    taken = _of_specialties(rendered, wanted)
    train, contaminated = _clean({name: splits[TRAIN] for name, splits in taken.items()}, rendered, wanted)
    train, too_long = _fitting(train, fits)
    rows = {name: part.num_rows for name, part in train.items()}
    mix, indices = draw(rows, wanted.mix_temperature, wanted.mix_weights, wanted.mix_rows, wanted.mix_seed)
    mixed = datasets.concatenate_datasets(list(train.values())).select(indices)
    held_out, _ = _fitting({name: splits["validation"] for name, splits in taken.items()}, fits)
    validation = datasets.concatenate_datasets(list(held_out.values()))
    return Prepared(mixed, validation, _record(published, chosen, wanted, taken, contaminated, too_long, mix))


def _check_choices(wanted: TrainingData) -> None:
    """Check the values that a flag would check: those of a recipe come as YAML has them."""
    if not wanted.tasks:
        raise UserError(f"tasks are none; known: {', '.join(TASKS)}")
    for name, given, known in (
        ("tasks", wanted.tasks, TASKS),
        ("style", [wanted.style], get_args(Style)),
        ("contaminated", [wanted.contaminated], get_args(Contaminated)),
    ):
        for value in given:
            if value not in known:
                raise unknown(name, value, known)


def _check_ids(loaded: "Mapping[str, datasets.DatasetDict]") -> None:
    """Refuse an id of train that is held out in any language: an id is the same in all of them."""
    held_out = pl.concat(
        [_column(splits[split], "id") for splits in loaded.values() for split in HELD_OUT if split in splits]
    )
    for name, splits in loaded.items():
        ids = _column(splits[TRAIN], "id") if TRAIN in splits else pl.Series("id", [], pl.String)
        both = ids.filter(ids.is_in(held_out.implode()))
        if len(both):
            raise UserError(
                f"{name}: {len(both)} rows of train are held out in another split, first {both[0]}; nothing may be "
                "trained on this version: report it to the maintainers"
            )


def _render_splits(
    loaded: "datasets.DatasetDict", entry: Language, wanted: TrainingData
) -> "dict[str, datasets.Dataset]":
    texts = prompts(entry.name, wanted.style)
    missing = [split for split in SPLITS if split not in loaded]
    if missing:
        raise UserError(f"{entry.name} has no rows of {', '.join(missing)} in this version: leave the language out")
    return {split: _render(loaded[split], texts, wanted) for split in SPLITS}


def _render(rows: "datasets.Dataset", texts: Prompts, wanted: TrainingData) -> "datasets.Dataset":
    # The texts are an argument, so that the cache of `datasets` knows when a prompt was edited.
    asked = rows.select(_column(rows, "task").is_in(wanted.tasks).arg_true().to_numpy())
    removed = [column for column in asked.column_names if column not in KEPT]
    return asked.map(
        _conversation, fn_kwargs={"texts": texts, "style": wanted.style}, remove_columns=removed, desc="Rendering"
    )


def _conversation(row: Mapping[str, Any], texts: Prompts, style: Style) -> dict[str, Any]:
    return texts.render(row) | {"chat_template_kwargs": CHAT_TEMPLATE, "style": style}


def _of_specialties(
    rendered: "Mapping[str, Mapping[str, datasets.Dataset]]", wanted: TrainingData
) -> "dict[str, dict[str, datasets.Dataset]]":
    """Return the rows of train and validation that are of a wanted specialty; all of them if none is named."""
    taken = {name: {split: splits[split] for split in (TRAIN, "validation")} for name, splits in rendered.items()}
    if not wanted.specialties:
        return taken
    columns = {
        (name, split): _column(rows, SPECIALTY) for name, splits in taken.items() for split, rows in splits.items()
    }
    known = sorted({value for column in columns.values() for value in column.drop_nulls().unique()})
    for specialty in wanted.specialties:
        if specialty not in known:
            raise unknown("specialties", specialty, known)
    return {
        name: {
            split: rows.select(columns[name, split].is_in(wanted.specialties).fill_null(False).arg_true().to_numpy())
            for split, rows in splits.items()
        }
        for name, splits in taken.items()
    }


def _clean(
    train: "Mapping[str, datasets.Dataset]",
    rendered: "Mapping[str, Mapping[str, datasets.Dataset]]",
    wanted: TrainingData,
) -> "tuple[dict[str, datasets.Dataset], dict[str, int]]":
    """Return the rows of train whose prompt is not held out in any language, and the number of rows dropped."""
    held_out = pl.concat([_prompt_hashes(splits[split]) for splits in rendered.values() for split in HELD_OUT])
    clean, dropped = {}, {}
    for name, rows in train.items():
        found = _prompt_hashes(rows).is_in(held_out.implode())
        if found.any() and wanted.contaminated == "refuse":
            first = rows[int(found.arg_true()[0])]["id"]
            raise UserError(
                f"{name}: the prompts of {found.sum()} rows of train are those of held-out rows, first {first}; train "
                "without them with --contaminated drop"
            )
        dropped[name] = int(found.sum())
        clean[name] = rows.select((~found).arg_true().to_numpy()) if dropped[name] else rows
    return clean, dropped


def _fitting(
    parts: "Mapping[str, datasets.Dataset]", fits: Fits | None
) -> "tuple[dict[str, datasets.Dataset], dict[str, int]]":
    """Return the rows that fit, and the number of those that do not."""
    fitting, dropped = {}, {}
    for name, rows in parts.items():
        whole = np.ones(rows.num_rows, bool) if fits is None else np.array(fits(rows), bool)
        if rows.num_rows and not whole.any():
            raise UserError(f"{name}: no row fits into max_length with its answer: raise it, or leave the language out")
        dropped[name] = int((~whole).sum())
        fitting[name] = rows.select(np.flatnonzero(whole)) if dropped[name] else rows
    return fitting, dropped


def _prompt_hashes(rows: "datasets.Dataset") -> pl.Series:
    """Return a hash of each prompt; prompts that differ only in case, white space or Unicode form have the same one."""
    content = _column(rows, "prompt").list.first().struct.field("content")
    return content.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars().hash()


def _column(rows: "datasets.Dataset", name: str) -> pl.Series:
    column: pl.Series = rows.select_columns([name]).with_format("polars")[:][name]
    return column


def _record(
    published: Published,
    chosen: Sequence[Language],
    wanted: TrainingData,
    taken: "Mapping[str, Mapping[str, datasets.Dataset]]",
    contaminated: Mapping[str, int],
    too_long: Mapping[str, int],
    mix: Mix,
) -> DataRecord:
    return DataRecord(
        repository=published.repository,
        version=str(published.version),
        commit=published.commit,
        manifest_sha256=published.manifest_sha256,
        languages=[entry.name for entry in chosen],
        tasks=list(wanted.tasks),
        specialties=list(wanted.specialties),
        style=wanted.style,
        prompts_reviewed={entry.name: prompts(entry.name, wanted.style).reviewed for entry in chosen},
        rows={name: {split: rows.num_rows for split, rows in splits.items()} for name, splits in taken.items()},
        dropped_as_contaminated=contaminated,
        dropped_as_too_long=too_long,
        mix=mix.as_record(),
    )

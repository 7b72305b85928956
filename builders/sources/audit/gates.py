"""Refuse a file whose records are all wrong: in another language than the source's, or with shifted keys.

Record by record such a file looks right, or gives thousands of rejects; none of it may be used.
"""

import unicodedata
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from builders.sources.audit.stated import stated_option
from builders.sources.item import Reason
from globmed.errors import UserError
from globmed.languages import languages
from globmed.languages.identify import NEIGHBOURS, code_of, told

#: Maximum number of records and minimum number of texts that decide the language of a file.
READ, FEW = 200, 3
#: With fewer letters, the script is not judged.
FEWEST_LETTERS = 10
#: With fewer records, the keys are not judged as a whole.
MANY = 20
#: With five options a key shifted by one leaves a fifth of the records without a right option.
OUT_OF_RANGE, AGAINST = 0.08, 0.5
ASKED = ("question", "context", "premise", "hypothesis")
AGAIN = "take the publisher's file, or remove this one"


def refuse_wrong_files(folder: Path, items: pl.DataFrame, rejects: pl.DataFrame) -> None:
    """Check every file of a source.

    Args:
        folder: the source's.
        items: its items, with ``file``.
        rejects: its rejects.

    Raises:
        UserError: a file is in another language than its source says, or its keys are shifted.
    """
    for (file, tag), part in items.group_by("file", "language", maintain_order=True):
        if found := _other_language(part, str(tag)):
            raise UserError(
                f"{folder / str(file)}: its texts are in {found}, expected {_named(str(tag))}, the language of its "
                f"source: {AGAIN}"
            )
    for file in sorted({*items["file"], *rejects["file"]}):
        if problem := _shifted(items.filter(file=file), rejects.filter(file=file)):
            raise UserError(f"{folder / file}: {problem}: the keys are shifted; {AGAIN}")


def _other_language(items: pl.DataFrame, tag: str) -> str | None:
    """Return the language of most texts if it differs from the tag's."""
    expected = code_of(tag)
    if expected is None:
        return None
    texts = items.select(pl.concat_str(*ASKED, separator="\n", ignore_nulls=True)).to_series().drop_nulls()
    some = texts.gather_every(max(1, len(texts) // READ)).to_list()
    found = told(some)
    best, count = next(iter(found.most_common(1)), (None, 0))
    if best == expected or best in NEIGHBOURS.get(tag, set()):
        return None
    if _is_foreign_script(some, _scripts().get(tag, "Latn")):
        return _named(best) if best else "another script"
    return _named(best) if best and count >= FEW and count * 2 > found.total() else None


def _is_foreign_script(texts: Sequence[str], script: str) -> bool:
    """Return whether the letters of texts are of another script: hardly any Latin, or nothing else."""
    letters = [mark for text in texts for mark in text if mark.isalpha()]
    latin = sum(unicodedata.name(mark, "").startswith("LATIN") for mark in letters)
    if len(letters) < FEWEST_LETTERS:
        return False
    return latin * 2 < len(letters) if script == "Latn" else latin * 10 > len(letters) * 9


def _shifted(items: pl.DataFrame, rejects: pl.DataFrame) -> str | None:
    """Return how the keys of a file are systematically wrong; None if they are not."""
    by_reason = dict(rejects["reason"].value_counts().iter_rows())
    absent, against, unlike = (
        by_reason.get(reason.value, 0)
        for reason in (Reason.NO_CORRECT_ANSWER, Reason.CONFLICTING_KEY, Reason.KEY_AGAINST_EXPLANATION)
    )
    choices = items.filter(pl.col("options").is_not_null())
    if unlike >= FEW:
        stated = unlike + sum(stated_option(text) is not None for text in choices["long_answer"])
        if unlike > AGAINST * stated:
            return f"the explanations of {unlike:,} of {stated:,} records state another option than the key"
    total = choices.height + absent + against + unlike
    if total < MANY:
        return None
    if against > AGAINST * total:
        return f"two fields of {against:,} of {total:,} records name different right options"
    last = choices["options"].list.get(-1, null_on_oob=True).struct.field("label")
    ends = {"first": (choices["answer"] == "A").any(), "last": (choices["answer"] == last).any()}
    if absent > OUT_OF_RANGE * total and choices.height and not all(ends.values()):
        never = next(end for end, is_right in ends.items() if not is_right)
        return f"{absent:,} of {total:,} records have no right option, and the {never} one is never right"
    return None


def _scripts() -> dict[str, str]:
    return {entry.tag: entry.script for entry in languages().values()}


def _named(code: str) -> str:
    return next((entry.english_name for entry in languages().values() if entry.tag == code), code)

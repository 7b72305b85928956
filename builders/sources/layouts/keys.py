"""Find out whether a file's keys count from 0 or from 1.

A key that is read from the wrong number is wrong in every record and looks right in each. Nothing is guessed: the
file's features, its numbers taken together, its sister files and its explanations decide, or it is refused.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from builders.sources.audit.stated import stated_letter
from builders.sources.reading import Record
from globmed.errors import UserError

#: With this many keys, a 0 and no last number are no accident: with four options the odds are 1 in 100,000.
MANY = 40
#: This many explanations that name a letter show whether the keys are right as a whole.
FEW = 3
AGREE, DISAGREE = 0.9, 0.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence in a file's records for the number that their keys begin with.

    Attributes:
        file: its path below the source's folder.
        counts: records by key.
        zero: the place of its first key of 0.
        is_named: whether the file's features, or the repository's card, name the numbers.
        stated: explanations that state a letter, beside a key.
        agreeing: how many of them agree with their key if it counts from 0, and from 1.
    """

    file: str
    counts: Counter[int]
    zero: str | None
    is_named: bool
    stated: int
    agreeing: tuple[int, int]

    @classmethod
    def of(cls, file: str, records: Iterable[Record], key: str, explanation: str) -> "Evidence":
        """Read it from a file's records; a key that is not a whole number is no evidence."""
        counts: Counter[int] = Counter()
        zero, is_named, stated, agreeing = None, False, 0, [0, 0]
        for record in records:
            value = record.fields.get(key)
            if isinstance(value, str) and not record.typed and re.fullmatch(r"-?\d{1,3}", value.strip()):
                value = int(value.strip())
            if not isinstance(value, int) or isinstance(value, bool):
                continue
            counts[value] += 1
            is_named = is_named or key in record.names
            zero = f"{record.file}: {record.where}" if value == 0 and zero is None else zero
            said = record.fields.get(explanation)
            if letter := stated_letter(said if isinstance(said, str) else None):
                stated += 1
                for first in (0, 1):
                    agreeing[first] += ord(letter) - ord("A") == value - first
        return cls(file, counts, zero, is_named, stated, (agreeing[0], agreeing[1]))

    @property
    def format(self) -> str:
        """The format of the file: copies of one origin have one."""
        suffix = PurePosixPath(self.file).suffix
        return ".json" if suffix in (".jsonl", ".ndjson") else suffix

    def says(self, options: int) -> int | None:
        """Return 0 or 1 if the file itself shows which number its keys begin with; else None."""
        last = self.counts[options] > 0
        is_sure = self.is_named or self.format == ".parquet" or self.counts.total() >= MANY
        if (self.is_named and self.format == ".parquet") or (self.zero and is_sure and not last):
            return 0
        if last:
            return None if self.zero else 1
        if self.stated >= FEW and max(self.agreeing) >= AGREE * self.stated:
            return int(self.agreeing[1] > self.agreeing[0])
        return 0 if set(self.counts) == {-1} else None


def first_number(file: str, evidence: Sequence[Evidence], options: int) -> int:
    """Return the number, 0 or 1, that the keys of a file begin with.

    Args:
        file: its path below the source's folder.
        evidence: of all files of the source.
        options: how many options its records have.

    Raises:
        UserError: there is no evidence, or the explanations name other letters than the keys do.
    """
    own = next(each for each in evidence if each.file == file)
    first = own.says(options)
    if first is None:
        if own.zero:
            also = f", and elsewhere {options}" if own.counts[options] else ""
            raise UserError(
                f"{own.zero}: field 'cop' is 0{also}, expected 1 to {options}: this file counts from 0, and nothing in "
                "it says so; take the publisher's JSON Lines files, or the Hub's Parquet files with their features"
            )
        sisters = {each.says(options) for each in evidence if each.format == own.format} - {None}
        if len(sisters) == 1:
            first = sisters.pop()
        elif own.format == ".json" or not own.counts:
            first = 1  # as the publisher counts
    if first is None:
        raise UserError(
            f"{file}: field 'cop' is {', '.join(map(str, sorted(own.counts)))} in its {own.counts.total():,} records, "
            "which may count from 0 or from 1: use a file whose features name the classes, or the publisher's"
        )
    if own.stated >= FEW and own.agreeing[first] < DISAGREE * own.stated:
        raise UserError(
            f"{file}: the explanations of {own.stated - own.agreeing[first]:,} of {own.stated:,} records state another "
            f"letter than 'cop' from {first}, expected them to agree: the keys are shifted; take the publisher's files"
        )
    return first

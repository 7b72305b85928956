"""Check returned sheets against what was sent; all rows of an import are accepted, or none.

Unambiguous deviations are repaired and reported; everything else is refused with its reason: file, row, field, found,
expected.
"""

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from builders.review.characters import HIDDEN, UNREADABLE, compared, without_invisible
from builders.review.readers import Finding, Line, Outcome, read_return, shown
from builders.review.round import DIMENSIONS, RATINGS, Round
from builders.review.sheets import OPEN, guarded
from builders.rows.texts import LONGEST, block, split_block
from globmed.cli.console import visible
from globmed.languages import ENGLISH, language
from globmed.schema import SIGNALS, TEXTS
from globmed.storage.files import replaced
from globmed.storage.lock import locked
from globmed.storage.parquet import write_parquet
from validation.signals.numbers.signal import numbers
from validation.signals.pairs import text_reasons

#: Characters that turn the direction of writing for what follows.
DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: Strikethrough in plain text: with combining strokes, in Markdown, in HTML.
STRUCK = re.compile(r"[\u0335\u0336]|~~\S.*?~~|<(?:s|del|strike)>", re.IGNORECASE)
_DATES = (datetime, date, time, timedelta)
#: Content that an edit must not introduce: pattern, reason, expected.
FOREIGN = (
    (DIRECTION, "edit_direction", "no mark that turns the direction of writing"),
    (STRUCK, "edit_struck", "the text without the words that are struck through"),
    (HIDDEN, "edit_hidden", "the number retyped: there is an invisible character in or next to it"),
    (UNREADABLE, "edit_unreadable", "characters that look the same everywhere: retype them"),
)


@dataclass(frozen=True, slots=True)
class Checked:
    """Ratings that came back, and the findings on them; if one finding is refused, nothing is imported."""

    ratings: pl.DataFrame
    findings: list[Finding]

    @property
    def refused(self) -> list[Finding]:
        """The findings that prevent the import."""
        return [finding for finding in self.findings if finding.outcome == "refused"]


def import_returns(
    round_: Round,
    files: Sequence[Path],
    saved: Sequence[Line] = (),
    *,
    partial: bool = False,
    accept: Collection[str] = (),
) -> Checked:
    """Check returned files and, if nothing is refused, put their ratings with those of earlier imports.

    Args:
        round_: the round.
        files: what came back.
        saved: what raters did on the page.
        partial: take what is rated, though other items are not yet.
        accept: codes whose edits are right in spite of what they change.

    Raises:
        UserError: no round there, or another process is at work in it.
    """
    read = [read_return(path) for path in files]
    lines = [*saved, *(line for lines, _ in read for line in lines)]
    with locked(round_.root):
        checked = check(round_, lines, partial=partial, accept=accept)
        findings = [*(finding for _, found in read for finding in found), *checked.findings]
        return take(round_, Checked(checked.ratings, findings))


def take(round_: Round, checked: Checked) -> Checked:
    """Write the findings and, if nothing is refused, the ratings."""
    _write_findings(checked.findings, round_.findings)
    if checked.refused:
        return checked
    before = round_.read_ratings().join(checked.ratings, on="code", how="anti")
    with replaced(round_.ratings) as temporary:
        write_parquet(pl.concat([before, checked.ratings]).sort("config", "rater", "code"), temporary)
    return checked


def check(round_: Round, lines: Sequence[Line], *, partial: bool = False, accept: Collection[str] = ()) -> Checked:
    """Return the ratings of the lines, and every finding on them."""
    sent = sent_items(round_)
    findings: list[Finding] = []
    ratings: dict[str, dict[str, Any]] = {}
    raters = _raters(lines, sent)
    seen: dict[str, Line] = {}
    for line in lines:
        code = _code(line, sent, raters, findings)
        if code is None or _is_repeated(line, seen.get(code), findings):
            continue
        seen[code] = line
        rating = _rating(line, sent[code], findings, partial=partial)
        if rating is not None:
            ratings[code] = rating
    findings += _missing(sent, seen, raters, round_.read_ratings(), partial=partial)
    findings += _broken(ratings, sent, {code: line.row for code, line in seen.items()}, accept)
    return Checked(pl.DataFrame(list(ratings.values()), schema=RATINGS), findings)


def sent_items(round_: Round) -> dict[str, dict[str, Any]]:
    """Return the items that were sent, by code."""
    items = round_.read_items().drop("config")
    return {row["code"]: row for row in round_.read_assignments().join(items, on="item").iter_rows(named=True)}


def _raters(lines: Sequence[Line], sent: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, str]]:
    """Return the owner of each file: the config and rater that most of its codes belong to."""
    found: dict[str, Counter[tuple[str, str]]] = {}
    for line in lines:
        known = sent.get(_written_code(line))
        if known is not None:
            found.setdefault(line.file, Counter())[known["config"], known["rater"]] += 1
    return {file: counted.most_common(1)[0][0] for file, counted in found.items()}


def _written_code(line: Line) -> str:
    """Return the normalized code: letter case, white space and the form of the hyphen do not count."""
    tag, dash, rest = unicodedata.normalize("NFKC", compared(str(line.cells["item"] or ""))).strip().partition("-")
    return f"{tag.lower()}{dash}{rest.strip().upper()}"


def _code(
    line: Line,
    sent: Mapping[str, Mapping[str, Any]],
    raters: Mapping[str, tuple[str, str]],
    findings: list[Finding],
) -> str | None:
    """Return the code of a line, if it was sent to this file's rater."""
    written, code = line.cells["item"], _written_code(line)
    if code not in sent:
        expected = "an id of this round, as it was sent"
        findings.append(Finding(line.file, line.row, "item", "item_unknown", shown(written or "nothing"), expected))
        return None
    if (sent[code]["config"], sent[code]["rater"]) != raters[line.file]:
        config, rater = raters[line.file]
        findings.append(
            Finding(line.file, line.row, "item", "item_of_another", shown(code), f"an item of {rater} in {config}")
        )
        return None
    if written != code:
        findings.append(Finding(line.file, line.row, "item", "item_written", shown(written), code, "repaired"))
    return code


def _is_repeated(line: Line, first: Line | None, findings: list[Finding]) -> bool:
    if first is None:
        return False
    same = line.notes == first.notes and _folded(line) == _folded(first)
    found = f"again after {first.file}, row {first.row}" + ("" if same else ", and otherwise")
    outcome: Outcome = "repaired" if same else "refused"
    findings.append(Finding(line.file, line.row, "item", "row_repeated", shown(found), "each item once", outcome))
    return True


def _rating(line: Line, item: Mapping[str, Any], findings: list[Finding], *, partial: bool) -> dict[str, Any] | None:
    """Return the rating of a line; None if there is none, or it is refused."""
    found = [*_unchanged(line, item), *_formatting(line)]
    found += [
        Finding(line.file, line.row, name, "formula", shown(line.cells.get(name)), "a value; no formula")
        for name in sorted(line.formulas)
    ]
    given = [line.cells[name] for name in DIMENSIONS]
    if partial and not any(_typed(value) for value in given):
        told = f"no rating, but: {visible(_comment(line))}" if _comment(line) else "no rating"
        findings.append(Finding(line.file, line.row, "", "not_rated", told, "three ratings", "noted"))
        return None
    values = {name: _number(line, name, found) for name in DIMENSIONS}
    edits = _edits(line, item, found)
    findings += found
    if any(finding.outcome == "refused" for finding in found):
        return None
    return {
        **{name: item[name] for name in ("code", "item", "config", "rater")},
        **values,
        "edits": edits,
        "comment": _comment(line) or None,
        "file": line.file,
    }


def _unchanged(line: Line, item: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a finding for each locked column that was changed; white space is repaired."""
    for name in ("source", "translation"):
        written, sent = str(line.cells[name] or ""), block(item["texts"], name)
        if compared(written) != compared(sent):
            expected = "as it was sent; corrections go into edit"
            yield Finding(line.file, line.row, name, f"{name}_changed", _difference(written, sent), expected)
        elif written.replace("\r\n", "\n") != sent:
            yield Finding(line.file, line.row, name, "white_space", shown(written), "as it was sent", "repaired")


def _formatting(line: Line) -> Iterator[Finding]:
    """Yield what was deleted or written by formatting alone."""
    for name, meant in line.formatted.items():
        if meant.struck and name not in OPEN:
            expected = "as it was sent; corrections go into edit"
            yield Finding(line.file, line.row, name, "struck_through", shown(meant.struck), expected)
        elif meant.unclear:
            expected = "the text typed as it is to be, without words that are struck through or raised"
            yield Finding(line.file, line.row, name, "formatting_unclear", shown(meant.unclear), expected)
        elif meant.struck:
            expected = "the text without what is struck through"
            yield Finding(line.file, line.row, name, "struck_through", shown(meant.struck), expected, "repaired")
        elif meant.raised:
            expected = "signs of their own, such as ² and ₂"
            yield Finding(line.file, line.row, name, "raised", shown(meant.raised), expected, "repaired")
    if isinstance(line.cells["comment"], _DATES):
        expected = "text: the spreadsheet made a date of what was typed"
        yield Finding(line.file, line.row, "comment", "became_date", _typed(line.cells["comment"]), expected, "noted")


def _typed(value: object) -> str:
    """Return the text typed into a cell, without invisible characters."""
    if isinstance(value, _DATES):
        return str(value).removesuffix(" 00:00:00")
    return "" if value is None else without_invisible(str(value)).strip()


def _comment(line: Line) -> str:
    """Return the rater's remarks: the comment, then the notes on cells of the row."""
    return "\n".join(filter(None, map(_typed, (line.cells["comment"], *line.notes))))


def _folded(line: Line) -> dict[str, object]:
    """Return the cells of a line as they are compared."""
    return {name: compared(cell) if isinstance(cell, str) else cell for name, cell in line.cells.items()}


def _difference(written: str, sent: str) -> str:
    """Return the text from shortly before the first difference of two texts."""
    place = next(
        (n for n, (a, b) in enumerate(zip(written, sent, strict=False)) if a != b), min(map(len, (written, sent)))
    )
    start = max(place - 20, 0)
    return shown(written[start : start + 60] or "nothing")


def _number(line: Line, name: str, findings: list[Finding]) -> int | None:
    """Return a rating as a whole number from 1 to 5."""
    value = line.cells[name]
    expected = "a whole number from 1 to 5"
    if not _typed(value):
        findings.append(Finding(line.file, line.row, name, "rating_missing", "nothing", expected))
        return None
    # A leading apostrophe marks a cell as text in a spreadsheet.
    text = _with_ascii_digits(unicodedata.normalize("NFKC", _typed(value))).removeprefix("'").strip()
    if isinstance(value, bool) or not re.fullmatch(r"[-+]?\d{1,9}([.,]0{1,9})?", text, re.ASCII):
        findings.append(Finding(line.file, line.row, name, "rating_unreadable", shown(value), expected))
        return None
    number = int(re.split("[.,]", text)[0])
    if not 1 <= number <= 5:
        findings.append(Finding(line.file, line.row, name, "rating_range", shown(value), expected))
        return None
    if str(value) != str(number):
        findings.append(Finding(line.file, line.row, name, "rating_written", shown(value), str(number), "repaired"))
    return number


def _with_ascii_digits(text: str) -> str:
    """Write the digits of any script as 0 to 9."""
    return "".join(str(unicodedata.decimal(mark, mark)) for mark in text)


def _edits(line: Line, item: Mapping[str, Any], findings: list[Finding]) -> list[dict[str, str]]:
    """Return the texts that the rater changed; invisible characters are ignored."""
    sent = {text["name"]: text["translation"] for text in item["texts"]}
    written = str(line.cells["edit"] or "")
    readable = without_invisible(written)
    texts = split_block(list(sent), readable)
    problem = _problem_of_edit(written, texts, sent)
    if problem is not None or texts is None:
        reason, found, expected = problem or ("edit_marks", written, "")
        findings.append(Finding(line.file, line.row, "edit", reason, shown(found), expected))
        return []
    removed = set(written) - set(readable) - {"\r"} - set("".join(sent.values()))
    if removed:
        control = any(unicodedata.category(mark) == "Cc" for mark in removed)
        reason, expected = ("control", "no control characters") if control else ("invisible", "text that is seen")
        found = ", ".join(f"U+{ord(mark):04X}" for mark in sorted(removed))
        findings.append(Finding(line.file, line.row, "edit", reason, found, expected, "repaired"))
    return [
        {"name": name, "text": unicodedata.normalize("NFC", text)}
        for name, text in texts.items()
        if compared(text) != compared(sent[name])
    ]


def _problem_of_edit(
    written: str, texts: Mapping[str, str] | None, sent: Mapping[str, str]
) -> tuple[str, str, str] | None:
    """Return why an edit is refused: reason, found, expected."""
    if not _typed(written):
        return "edit_empty", "nothing", "the translation, changed or not"
    if len(written) > 2 * LONGEST:
        return "edit_long", f"{len(written):,} characters", f"{2 * LONGEST:,} at most"
    if texts is None:
        return "edit_marks", written, f"each on a line, in this order: {', '.join(f'[{name}]' for name in sent)}"
    return _problem_of_texts(written, texts, sent)


def _problem_of_texts(written: str, texts: Mapping[str, str], sent: Mapping[str, str]) -> tuple[str, str, str] | None:
    empty = [name for name, text in texts.items() if not text and sent[name].strip()]
    if empty:
        return "edit_text_empty", f"nothing behind [{empty[0]}]", "its translation"
    for pattern, reason, expected in FOREIGN:
        found = pattern.search(unicodedata.normalize("NFC", written))
        if found and not any(map(pattern.search, sent.values())):
            return reason, ascii(found.string[max(found.start() - 10, 0) : found.end() + 10]), expected
    if _alike(texts) and not _alike(sent):
        return "edit_options_alike", "two options with one text", "options that differ"
    return None


def _alike(texts: Mapping[str, str]) -> bool:
    """Return whether two options are the same."""
    options = [compared(text).casefold() for name, text in texts.items() if name not in TEXTS]
    return len(set(options)) < len(options)


def _missing(
    sent: Mapping[str, Mapping[str, Any]],
    seen: Collection[str],
    raters: Mapping[str, tuple[str, str]],
    before: pl.DataFrame,
    *,
    partial: bool,
) -> Iterator[Finding]:
    """Yield the items that a rater was sent but that are in none of their files, now or in an earlier import."""
    if partial:
        return
    known = {*seen, *before["code"]}
    files = {whose: file for file, whose in raters.items()}
    for code, item in sent.items():
        file = files.get((item["config"], item["rater"]))
        if file is not None and code not in known:
            expected = f"a row for {code}; --partial takes what is there"
            yield Finding(file, 0, "item", "item_missing", "no row", expected)


def _broken(
    ratings: Mapping[str, Mapping[str, Any]],
    sent: Mapping[str, Mapping[str, Any]],
    rows: Mapping[str, int],
    accept: Collection[str],
) -> Iterator[Finding]:
    """Yield edits in which a number, or another fact by which a row is withheld, differs from the source."""
    edits = [
        {
            "code": code,
            "config": rating["config"],
            "file": rating["file"],
            "row": rows[code],
            "edit": edit["text"],
            **next(text for text in sent[code]["texts"] if text["name"] == edit["name"]),
        }
        for code, rating in ratings.items()
        for edit in rating["edits"]
    ]
    if not edits:
        return
    for (config,), part in pl.DataFrame(edits, infer_schema_length=None).group_by("config", maintain_order=True):
        target, english = language(str(config)), language(ENGLISH)
        now = numbers(part["source"], part["edit"], english, target)
        then = numbers(part["source"], part["translation"], english, target)
        facts, facts_then = (
            text_reasons(part.select("source", target=name), english, target) for name in ("edit", "translation")
        )
        told = zip(part.to_dicts(), now.to_dicts(), then.to_dicts(), facts, facts_then, strict=True)
        for edit, found, before, changed, changed_before in told:
            if edit["code"] in accept:
                continue
            if found["critical"]:
                yield _number_finding(edit, found, before)
            elif len(changed):
                yield _fact_finding(edit, set(changed), set(changed_before))


def _number_finding(edit: Mapping[str, Any], found: Mapping[str, Any], before: Mapping[str, Any]) -> Finding:
    told = f"{', '.join(found['reasons'])}: only in the source {found['missing']}, only in the edit {found['added']}"
    as_before = all(set(found[name]) <= set(before[name]) for name in ("reasons", "missing", "added"))
    expected = f"the numbers of the source; --accept {edit['code']} if they are right"
    outcome: Outcome = "noted" if as_before else "refused"
    field = f"edit [{edit['name']}]"
    return Finding(edit["file"], edit["row"], field, "edit_breaks_number", shown(told), expected, outcome)


def _fact_finding(edit: Mapping[str, Any], reasons: Set[str], before: Set[str]) -> Finding:
    told = "; ".join(signal.meaning for signal in SIGNALS.values() if signal.reason in reasons)
    expected = f"what the source says; --accept {edit['code']} if it is right"
    outcome: Outcome = "noted" if reasons <= before else "refused"
    return Finding(edit["file"], edit["row"], f"edit [{edit['name']}]", "edit_breaks_fact", told, expected, outcome)


def _write_findings(findings: Sequence[Finding], path: Path) -> None:
    with replaced(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Finding)])
        writer.writeheader()
        writer.writerows({name: guarded(str(value)) for name, value in asdict(each).items()} for each in findings)

"""Extract the label of the chosen option from an answer: marked as the answer, on its own, or stated in a sentence.

Each letter of a text is judged by its context. A statement of the answer takes precedence over a letter in brackets;
a letter that is negated, doubted, asked or retracted does not count; of two answers neither counts.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from bench_recipes.score.phrases import CLOSE, RIGHT_SIGN, WORD_LETTERS, WRONG_SIGN, Phrases, phrases
from bench_recipes.score.wording import any_of, clean, contained, plain
from globmed.languages import ENGLISH

#: Signs that count a list of options in three languages.
SERIES: Mapping[str, Sequence[str]] = {
    "chinese": ("甲乙丙丁戊己庚辛",),
    "japanese": ("アイウエオカキク",),
    "korean": ("가나다라마바사아", "ᄀᄂᄃᄅᄆᄇᄉᄋ"),
}
NUMERALS = {numeral: index + 1 for index, numeral in enumerate("一二三四五六七八九")}
#: Ends of a sentence or clause; a point before a digit is not one.
CLAUSE = re.compile(r"[.,:;!?…](?=\s|$)|[,。、\n–—]")
ENDS = re.compile(r"[.!?…](?=\s|$|[\"'”’)])|[。\n]|\?")
#: Separators between a letter and the option's text, or a verdict.
MARK = re.compile(r"[\s.):\]}=→,、\-–—(\"'”]*")
#: Characters of context on each side of a letter.
NEAR = 80

Status = Literal["stated", "leading", "marked", "doubted", "undecided", "rejected", "none"]


@dataclass(frozen=True)
class Options:
    """The labels of an item's options, their plain texts, and the item's language."""

    labels: tuple[str, ...]
    texts: tuple[str, ...]
    language: str

    @cached_property
    def known(self) -> Phrases:
        """Return the patterns for the context of a letter."""
        return phrases(self.labels, self.language)

    def text(self, label: str) -> str:
        """Return an option's text; empty if it is not known."""
        return dict(zip(self.labels, self.texts, strict=False)).get(label, "")

    def beginning(self, text: str) -> set[str]:
        """Return the options whose text a plain text begins with; the longest if there are several."""
        found = {label: len(own) for label, own in zip(self.labels, self.texts, strict=False) if starts(text, own)}
        return {label for label, length in found.items() if length == max(found.values())}

    def says(self, sign: str) -> bool:
        """Return whether a sign is a word of an option, such as a number."""
        return any(re.search(rf"(?<!\w){re.escape(sign)}(?!\w)", text) for text in self.texts)

    def at(self, place: int) -> str | None:
        """Return the label at a position, counted from 1."""
        return self.labels[place - 1] if 1 <= place <= len(self.labels) else None


@dataclass(frozen=True)
class Mention:
    """A letter in a text, and its status."""

    label: str
    start: int
    status: Status


def label(text: str, item: Mapping[str, Any]) -> str | None:
    """Return the label that a complete answer gives; None for none or several.

    Args:
        text: the answer, without thoughts.
        item: one row of `tasks.ITEMS` with `choices`.
    """
    texts = tuple(plain(clean(one)).rstrip(".。 ") for one in item["texts"] or ())
    options = Options(tuple(item["choices"] or ()), texts, item["language"])
    if not options.labels:
        return None
    contents, rest = contained(text)
    found = {_read(clean(content), options) for content in contents} - {None}
    if found:
        return _only([*found, _decided(_evidence(clean(rest), options), "stated")])
    if any(_evidence(clean(content), options) for content in contents):
        return None
    return _read(clean(rest), options)


def starts(text: str, option: str) -> bool:
    """Return whether a text starts with an option's text that does not end inside a word or number."""
    return bool(option) and text.startswith(option) and not re.match(r"[\w.,]\d|[a-z0-9]", text[len(option) :])


def _only(found: Iterable[str | None]) -> str | None:
    """Return the only label found, None for none or several."""
    known = set(found) - {None}
    return known.pop() if len(known) == 1 else None


def _read(said: str, options: Options) -> str | None:
    if not said:
        return None
    if whole := _whole(said, options):
        return _only(whole)
    said = _lettered(said, options)
    evidence = _evidence(said, options)
    *_, last = [None, *options.known.retract.finditer(said)]
    if last is not None and any(one.start < last.start() for one in evidence):
        return _corrected(said, last.end(), evidence, options)
    return _decided(evidence)


def _whole(said: str, options: Options) -> set[str]:
    """Return the labels of an answer that consists of a letter, an option's text, or a sign for its position."""
    if match := re.fullmatch(r"(?:\W*1[.)] )?[\W_]*(\w)(?:[\W_]*\1)*[^\w?]*", said, re.I):
        sign = match[1].upper()
        if sign in options.labels:
            return {sign}
    text = plain(said).strip(" .。\"'")
    if named := {label for label, own in zip(options.labels, options.texts, strict=False) if text == own}:
        return named
    if match := re.fullmatch(r"\W*(?:[⟨(]\s*(\d+)\s*[⟩)]|(\d+) ?[번番号])\W*|[\W_]*(\w)[\W_]*", said):
        found = _place(match[1] or match[2] or match[3], options, digits=not match[3])
        return {found} if found else set()
    return set()


def _place(sign: str, options: Options, digits: bool = True) -> str | None:
    """Return the label for a number or counting sign; None if it is part of an option's text."""
    if options.says(sign):
        return None
    if sign.isdecimal():
        return options.at(int(sign)) if digits else None
    places = [series.index(sign) + 1 for series in SERIES.get(options.language, ()) if sign in series]
    return options.at(places[0]) if places else None


def _lettered(said: str, options: Options) -> str:
    """Replace numbers and signs that count the options with letters."""

    def letter(match: re.Match[str]) -> str:
        before, *signs = match.groups()
        sign = next(sign for sign in signs if sign)
        found = _place(str(NUMERALS.get(sign, sign)), options)
        return match[0] if found is None else f"{before or ''}({found})"

    series = "".join(SERIES.get(options.language, ()))
    said = re.sub(r"()⟨(\d+)⟩", letter, said)
    option, phrase = any_of("option"), any_of("answer")
    said = re.sub(
        rf"((?i:(?<!\w){option}) ?)(\d|[{''.join(NUMERALS)}])(?![\w.,%])(?! ?\w)",
        letter,
        said,
    )
    ending = r"(?=입니다|이다|이며|です|だ|\s*[(:.,。]|\s*(?:$|\n))"
    signs = rf"|[(「]?([{series}])[)」]?(?=(?:번|番)?(?:입니다|이다|です|だ)?\W*(?:$|\n))" if series else ""
    return re.sub(
        rf"((?:\A\W*|(?i:(?<![A-Za-z]){phrase})[\s:\"']*))(?:[(](\d)[)]|(\d) ?[번番号]{ending}{signs})", letter, said
    )


def _corrected(said: str, start: int, evidence: Sequence[Mention], options: Options) -> str | None:
    """Return the label stated after a retraction; it may follow immediately."""
    after = [one for one in evidence if one.start >= start]
    at_once = re.compile(rf"[\W_]*(?i:{any_of('so', options.language, ENGLISH)}\W+)?$")
    bare = [one for one in after if at_once.fullmatch(said[start : one.start]) and one.status == "none"]
    direct = [Mention(one.label, one.start, "stated") for one in bare if _ends(said, one, options)]
    return _decided([*after, *direct])


def _ends(said: str, mention: Mention, options: Options) -> bool:
    return _goes_well(said[mention.start + len(mention.label) :][:NEAR], mention.label, options)


def _decided(evidence: Sequence[Mention], *statuses: Status) -> str | None:
    """Return the only letter with the strongest evidence."""
    if any(one.status == "undecided" for one in evidence):
        return None
    for status in statuses or ("stated", "leading", "marked"):
        found = {one.label: one.start for one in evidence if one.status == status}
        denied = {
            one.label
            for one in evidence
            if one.status == "rejected" and one.label in found and (status != "stated" or one.start > found[one.label])
        }
        if found:
            return _only(found) if not denied else None
        if any(one.status == "doubted" for one in evidence):
            return None
    return None


def _evidence(said: str, options: Options) -> list[Mention]:
    """Return every letter of a text with its status: in sentences, at the start of lines, and by an option's text."""
    if not said:
        return []
    mentions = list(_mentions(said, options))
    return [*mentions, *_lines(said, mentions, options), *_texts(said, options)]


def _mentions(said: str, options: Options) -> Iterator[Mention]:
    known = options.known
    listed = _listed(said, options)
    for match in known.letter.finditer(said):
        yield Mention(match[0], match.start(), _status(said, match, match.start() in listed, options))
    for match in known.small.finditer(said):
        before = _before(said, match.start())
        closed = said[match.end() : match.end() + 1] in {*")]"}
        if known.stated.search(before) or known.short.search(before) or (closed and known.option.search(before)):
            yield Mention(match[0].upper(), match.start(), _status(said, match, False, options))


def _before(said: str, start: int) -> str:
    """Return the text before a position; the start of the text counts as a new line."""
    return "\n" + said[:start] if start <= NEAR else said[start - NEAR : start]


def _status(said: str, match: re.Match[str], listed: bool, options: Options) -> Status:
    """Return the status of a letter by its context."""
    known, name = options.known, match[0].upper()
    before, after = _before(said, match.start()), said[match.end() : match.end() + NEAR]
    rest = re.sub(rf"^{CLOSE}", "", after)
    verdict = _verdict(rest, name, options)
    if known.denied.search(before) or verdict == "wrong" or re.search(rf"{WRONG_SIGN}[^\w\n]*\Z", before):
        return "rejected"
    bracketed = re.search(r"(?<!\w)[(\[「『\"“„«»‹'⟨{【《〈]\s*$", before) is not None and rest != after
    unopened = after[:1] in {*")]"} and not re.search(r"[(\[]\s*\Z", before)
    well = unopened or _goes_well(rest, name, options)
    lead = known.lead.search(before) is not None
    stated = (
        (well and not listed and known.stated.search(before) is not None)
        or (well and known.short.search(before) is not None)
        or (well and known.instead.search(before) is not None)
        or (lead and verdict == "right")
        or (lead and known.copula.match(rest) is not None)
        or re.search(rf"{RIGHT_SIGN}[^\w\n]*\Z", before) is not None
    )
    named = plain(rest[MARK.match(rest).end() :])  # type: ignore[union-attr]
    own = name in options.beginning(named)
    marked = not listed and (
        (well and (bracketed or known.option.search(before) is not None)) or (own and after[:1] in {*".):-–—"})
    )
    if not stated and not marked:
        return "none"
    if _asked(said, match.end()) or known.hedge.search(CLAUSE.split(before)[-1]) or known.doubted.match(rest):
        return "doubted"
    if _another(before, rest, name, options):
        return "undecided"
    if known.other.match(rest) or known.joined.search(before):
        return "undecided" if stated else "doubted"
    return "stated" if stated else "marked"


def _verdict(rest: str, name: str, options: Options) -> Literal["right", "wrong", ""]:
    """Return the verdict after a letter, or after its option's text."""
    known = options.known
    rest = re.sub(rf"^{CLOSE}", "", rest)
    end = MARK.match(rest).end()  # type: ignore[union-attr]
    own = options.text(name)
    # Skip as many characters as the option has, in any letter case.
    beyond = rest[end + len(own) :] if own and starts(rest[end:].casefold(), own) else None
    for text in (rest, beyond):
        if text is None:
            continue
        if known.rejected.match(text) or known.wrong.match(text):
            return "wrong"
        if known.correct.match(text) or known.right.match(text):
            return "right"
    return ""


def _goes_well(rest: str, name: str, options: Options) -> bool:
    """Return whether a letter is a label: not as in "A doctor", "C reactive protein", "E. coli" and "B. Cho wrote"."""
    known = options.known
    if known.person.match(rest) and not options.beginning(plain(rest).lstrip(". ")):
        return False
    after = known.because if name in WORD_LETTERS else known.after
    if not rest or after.match(rest) or known.correct.match(rest) or known.copula.match(rest):
        return True
    if re.match(r"[.,]\s?[a-zà-ɏ]", rest):
        return after.match(rest[1:]) is not None or (rest[0] == "," and name not in WORD_LETTERS)
    if re.match(r"\s*(?:[^\w\s]|\n|$)", rest):
        return True
    return name in options.beginning(plain(rest))


def _another(before: str, rest: str, name: str, options: Options) -> bool:
    """Return whether a letter is followed by another option's text; after a point that may be a new sentence."""
    told = plain(before).rstrip("([ ")
    if re.search(r"[(\[]\s*$", before) and any(
        re.search(rf"(?<![\w.,]){re.escape(own)}$", told) and label != name
        for label, own in zip(options.labels, options.texts, strict=False)
        if own
    ):
        return True
    match = re.match(r"\s*([.):\-–—=(]+)\s*(.*)", rest)
    if match is None:
        return False
    found = options.beginning(text := plain(match[2]))
    if not found or name in found:
        return False
    return match[1] != "." or any(text.rstrip(".。 )") == own for own in options.texts)


def _asked(said: str, end: int) -> bool:
    """Return whether the sentence is a question."""
    match = ENDS.search(said, end, end + 2 * NEAR)
    return match is not None and match[0] == "?"


def _listed(said: str, options: Options) -> set[int]:
    """Return the positions of letters at the start of lines if there are several: a discussion of the options.

    A first line out of order is the answer, and the following ones are not.
    """
    found = []
    for start, line in _numbered(said):
        match = options.known.line.match(line)
        if match is None or match["mark"].strip() == "":
            continue
        name = match["label"].upper()
        if _verdict(line[match.end("label") :], name, options) != "wrong":
            found.append((name, start + match.start("label"), start))
    if len({name for name, _, _ in found}) < 2:
        return set()
    if not said[: found[0][2]].strip() and found[0][0] > found[1][0]:
        del found[0]
    return {place for _, place, _ in found}


def _numbered(said: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text with the position where each starts."""
    start = 0
    for line in said.split("\n"):
        yield start, line
        start += len(line) + 1


def _lines(said: str, mentions: Sequence[Mention], options: Options) -> Iterator[Mention]:
    """Yield letters: at the start of the first line, before their option's text in a line, alone in the last line."""
    lines = [(start, line) for start, line in _numbered(said) if line.strip()]
    listed = _listed(said, options)
    for place, (start, line) in enumerate(lines):
        match = options.known.line.match(line)
        if match is None or options.beginning(plain(line)) - {match["label"].upper()}:
            continue
        end = start + len(line)
        others = {one.label for one in mentions if start <= one.start < end and one.status != "rejected"}
        roman = match["label"] == "I" and re.search(r"^\W*II\b", said, re.M)
        if others - {match["label"].upper()} or roman:
            continue
        status = _line(match, place == 0, place == len(lines) - 1, options)
        if status in ("stated", "leading") and _asked(said, start + match.end("label")):
            status = "doubted"
        if status == "undecided" or start + match.start("label") not in listed or not match["rest"].strip():
            yield Mention(match["label"].upper(), start + match.start("label"), status)


def _line(match: re.Match[str], first: bool, last: bool, options: Options) -> Status:
    """Return the status of the letter at the start of a line that names no other."""
    known, name, rest, mark = options.known, match["label"].upper(), match["rest"].strip(), match["mark"].strip()
    text = plain(rest).strip(".。 ()")
    named = options.beginning(text)
    small = match["label"] not in options.labels
    status: Status = "none"
    if "?" in mark or (small and ")" not in mark and name not in named):
        pass
    elif not rest:
        status = "stated" if first or last else "none"
    elif named - {name}:
        status = "undecided"
    elif _verdict(match["mark"] + rest, name, options) == "wrong":
        status = "rejected"
    elif named:
        status = "stated" if text in options.texts else "leading"
    elif known.doubted.match(rest):
        status = "doubted"
    elif first and (known.because.match(rest) or known.negation.match(rest) or _opens(mark, rest, name, options)):
        status = "leading"
    return status


def _opens(mark: str, rest: str, name: str, options: Options) -> bool:
    """Return whether a letter at the start is a label: "A - a drug" and "E, por isso" may start with a word."""
    if name in WORD_LETTERS and mark[:1] in {*"-–—,", ""}:
        return False
    return (mark != "" or rest[0] == "(") and _goes_well(f"{mark} {rest}", name, options)


def _texts(said: str, options: Options) -> Iterator[Mention]:
    """Yield options whose text is stated as the answer or is a separate line."""
    for match in options.known.answer.finditer(said):
        rest = plain(said[match.end() : match.end() + 5 * NEAR])
        for label, own in zip(options.labels, options.texts, strict=False):
            if label in options.beginning(rest) and re.match(r"\W*$|\s*[.,;:!)(]", rest[len(own) :]):
                yield Mention(label, match.end(), "stated")
    lines = [(start, plain(line).strip(".。 \"'")) for start, line in _numbered(said) if line.strip()]
    for start, line in {lines[0], lines[-1]} if len(lines) > 1 else ():
        yield from (Mention(label, start, "stated") for label in options.labels if line == options.text(label))

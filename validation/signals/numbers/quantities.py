"""Parser of text to quantities: every number with its possible values, its unit and its comparison.

Nothing is ever converted: 48 hours are not two days, 10 miles are not 16 km.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from globmed.languages import Language
from validation.signals.numbers.lexicon import Entry, Lexicon, lexicon
from validation.signals.numbers.readings import numbers_apart, readings
from validation.signals.numbers.tokens import LIST, Token, tokenise

#: Between the pieces of one number, and between a number and its unit.
CLOSE = re.compile(r"[ -]?")
#: Between digits and a magnitude: "300+ billion".
OPEN = re.compile(r"\+[ -]?")
#: Between a mantissa and its power of ten.
TIMES = re.compile(r" ?[x×·*] ?")
#: Between a magnitude and the digits that follow it ("izigidi zabafundi ezingu-290", "bilioni $50").
LED = re.compile(r"(?:[ -]+[^\W\d_]+){0,2}[ -]*(?:[A-Z]{0,3}[$€£¥])?")
CURRENCY = re.compile(r"[$€£¥] ?$")
#: Between a comparison and its number: signs, or up to three words; in scripts without spaces a few letters.
NEAR = re.compile(r"[ ~≈(:$€£¥-]*|(?:[ '-]+[^\W\d_]+){0,3}[ '~≈$€£-]*|[^\W\d_]{0,6}")
#: Text right before the digits of a name (IL-6, COVID-19), and of a negative number.
NAME = re.compile(r"(?<![A-Za-z])[A-Za-z]*[A-Z][A-Za-z]*-?$")
BELOW_ZERO = re.compile(r"[ (\[<>≤≥=~][-−]$|−$")
#: So many characters before and behind a number tell what it is.
CONTEXT = 40
#: English text around a number that is no count: 100 percent certain, No. 1 in trade, the SS19 collection.
SURE = re.compile(r" ?(?:%|per ?cent) (?:certain|sure|confident|convinced|positive)\b")
RANK = re.compile(r"(?:\b[Nn]o\. ?|\b[Nn]umber |#)$")
SEASON = re.compile(r"(?<![A-Za-z])[A-Z]{1,3}$")
#: Text before an English number that counts from the first: "on day 15"; other languages put it earlier.
LABEL = re.compile(r"(?i)\b(?:day|week|month|year)s? $")
#: Between the numbers of a pair such as a blood pressure; a third one makes it a date.
OVER = re.compile(r"(?<![\d/])\d+ ?/ ?$")
#: A rate per day whose letter would not be a unit by itself: mg/kg/d.
A_DAY = re.compile(r" ?/ ?d(?![A-Za-z])")
MINUTES = re.compile(r":([0-5]\d)(?!\d)")
#: A clock time in four digits is one by its time zone.
ZONED = re.compile(r"([01]\d|2[0-3])([0-5]\d)(?= ?(?:GMT|UTC|BST|EST|EDT|CET|CEST|EAT|WAT|CAT|SAST|IST|JST|KST)\b)")
#: Centuries are written in digits, words or Roman numerals.
CENTURY = re.compile(r"(?:st|nd|rd|th)?(?:[ -](?:and|to|or) \d+(?:st|nd|rd|th))?[ -]centur")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text.

    Attributes:
        text: as written, folded.
        values: its possible values; more than one where the notation is ambiguous. Empty for a unit without a number.
        units: its possible units; empty if it has none.
        per: the units of its rate, after a slash or a word for it (mg/kg/day), or in a word such as "daily".
        listed: the unit of its neighbour in a list, which may be its own too: "5, 10 mg".
        comparison: "<", ">", "<=", ">=" or nothing.
        sign: the comparison is written as a sign.
        firm: written in digits; a number word is not, since "one" and "second" are often no numbers.
        name: part of a name (IL-6, COVID-19).
        negative: below zero.
        clock: the hour of a clock time.
        month: a month's name, which some languages write as a number.
        label: counts a day or another unit from the first: "day 15", "week 2".
        over: the lower of two numbers with a slash between: 120/80.
        whole: what others are a part of: "of 100 patients, 20".
        vague: a word that need not be a number in another language: both, a pair.
        head: the text right before it; in a piece of a text, what the piece has of it.
        tail: the text right behind it.
    """

    text: str
    values: frozenset[Decimal]
    units: frozenset[str] = frozenset()
    per: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    comparison: str = ""
    sign: bool = False
    firm: bool = False
    name: bool = False
    negative: bool = False
    clock: bool = False
    month: bool = False
    label: bool = False
    over: bool = False
    whole: bool = False
    vague: bool = False
    head: str = ""
    tail: str = ""


NONE = Quantity("", frozenset())


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens that make one number together: from ``first`` to before ``end``."""

    values: frozenset[Decimal]
    first: int
    end: int
    firm: bool


def parse(text: str, language: Language) -> tuple[Quantity, ...]:
    """Parse the quantities of a folded text, including units without a number, which have no values."""
    lex, tokens = lexicon(language), tokenise(text, language)
    found = [NONE]
    i, last, end = 0, 0, 0
    while i < len(tokens):
        token = tokens[i]
        alone = (_zoned(token, text) or _several(token, lex)) if token.counts else _no_number(token)
        if alone or not token.counts:
            found += alone
            i += 1
            continue
        run = _run(text, tokens, i, lex)
        quantity = _short_year(_dress(run, text, tokens, lex), found[last], text[: token.start])
        if last and not found[last].label and _ranges(text[end : token.start].strip().lower(), lex):
            found[last], quantity = (
                _with_units_of(found[last], quantity),
                _with_units_of(quantity, found[last]),
            )
        elif last and re.fullmatch(LIST, text[end : token.start]) and not found[last - 1].month:
            found[last], quantity = _listed(found[last], quantity), _listed(quantity, found[last])
        last, end = len(found), tokens[run.end - 1].end
        found += [quantity, *_century(quantity, text[end:], lex)]
        i = run.end + bool(_unit_behind(text, tokens, run.end, end))  # 세 is a year here, not a three
    return tuple(found[1:])


def _ranges(gap: str, lex: Lexicon) -> bool:
    """Return whether the gap joins the ends of a range; the first may have a hyphen ("18- to 29-year-olds")."""
    return gap in lex.ranges or gap.removeprefix("-").lstrip() in lex.ranges


def _with_units_of(quantity: Quantity, other: Quantity) -> Quantity:
    """Give one end of a range the unit of the other, if it has none."""
    return quantity if quantity.units else replace(quantity, units=other.units)


def _listed(quantity: Quantity, other: Quantity) -> Quantity:
    """Note the unit of its neighbour for a number of a list; a year has none."""
    year = any(1000 <= value <= 2999 for value in quantity.values)
    return quantity if quantity.units or year else replace(quantity, listed=other.units | other.listed)


def _no_number(token: Token) -> list[Quantity]:
    entry, found = token.entry, []
    if entry.month and token.text[0].isupper():
        found.append(Quantity(token.text, frozenset({Decimal(entry.month)}), month=True))
    if entry.units or entry.each:
        found.append(Quantity(token.text, frozenset(), units=entry.units, per=entry.each))
    return found


def _zoned(token: Token, text: str) -> list[Quantity]:
    """Return the hour and the minutes of a clock time such as 1430 GMT; noon and midnight are often words."""
    time = ZONED.match(text, token.start) if token.kind == "number" and len(token.text) == 4 else None
    if time is None:
        return []
    hour, minute = Decimal(time[1]), Decimal(time[2])
    hours = frozenset({hour, hour - 12 if hour > 12 else hour, Decimal(token.text)})
    named = minute == 0 and hour in (0, 12)
    found = [Quantity(token.text, hours, firm=not named, clock=True)]
    return found + ([Quantity(time[2], _minutes(minute), firm=False)] if minute else [])


def _several(token: Token, lex: Lexicon) -> list[Quantity]:
    """Return the numbers of a clock time with a.m. or p.m., a date or a version, which take no unit."""
    if token.kind == "clock":
        hour, *minutes = [Decimal(part) for part in re.findall(r"\d+", token.text)]
        noon = hour == 12
        late = {hour + 12} if "p" in token.text.lower() and not noon else {Decimal(0)} if noon else set()
        hours = {hour} | late
        return [
            Quantity(token.text, frozenset(hours), firm=True, clock=True),
            *(Quantity(token.text, _minutes(minute), firm=minute != 0) for minute in minutes),
        ]
    if token.kind == "number" and not readings(token.text, lex):
        return [Quantity(token.text, frozenset({value}), firm=True) for value in numbers_apart(token.text)]
    return []


def _minutes(minute: Decimal) -> frozenset[Decimal]:
    """Return the values of a clock's minutes; half past and quarter past are often written in words."""
    words = {30: Decimal("0.5"), 15: Decimal(4)}
    return frozenset({minute, words.get(int(minute), minute)})


def _run(text: str, tokens: Sequence[Token], first: int, lex: Lexicon) -> Run:
    """Return the longest run of tokens from ``first`` on that makes one number."""
    token = tokens[first]
    firm = token.kind in ("number", "power")
    values = _total(_atoms(token, lex), lex)
    best = Run(values or frozenset({Decimal(-1)}), first, first + 1, firm)
    atoms, end = list(_atoms(token, lex)), first + 1
    while end < len(tokens):
        token, gap = tokens[end], text[tokens[end - 1].end : tokens[end].start]
        if token.kind == "power" and TIMES.fullmatch(gap) and tokens[end - 1].kind == "number":
            power = next(iter(_power(token.text)))
            return Run(frozenset(v * power for v in best.values), first, end + 1, True)
        led = lex.magnitude_first and token.kind == "number" and (atoms[-1].magnitude or 0) >= 1000
        near = CLOSE.fullmatch(gap) or (led and LED.fullmatch(gap)) or (firm and token.counts and OPEN.fullmatch(gap))
        if not near or "roman" in (token.kind, tokens[first].kind) or not (token.counts or token.entry.joiner):
            break
        atoms += _atoms(token, lex)
        firm = firm or token.kind == "number"
        end += 1
        if token.counts:
            total = _total(atoms, lex)
            if not total:
                break
            best = Run(total, first, end, firm)
        if led:
            break
    return best


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of a number: values (one, or several readings of digits), or a magnitude, or "and"."""

    values: frozenset[Decimal] = frozenset()
    magnitude: Decimal | None = None
    digits: bool = False

    @property
    def joiner(self) -> bool:
        """Return whether this is only an "and"."""
        return not self.values and self.magnitude is None


def _atoms(token: Token, lex: Lexicon) -> tuple[Atom, ...]:
    if token.kind == "power":
        return (Atom(_power(token.text), digits=True),)
    if token.kind == "number":
        return (Atom(readings(token.text, lex), digits=True),)
    return _joined(token.parts) if token.parts else (_atom(token.entry),)


def _atom(entry: Entry) -> Atom:
    return Atom(magnitude=entry.magnitude) if entry.magnitude is not None else Atom(entry.values)


def _joined(parts: Sequence[tuple[Entry, int]]) -> tuple[Atom, ...]:
    """Combine pieces written together, from the last one on: 400 less (20 less 4) is 384."""
    (entry, sign), *before = reversed(parts)
    found = [_atom(entry)]
    for entry, next_sign in before:
        atom, right = _atom(entry), found[-1].values or {found[-1].magnitude or Decimal(0)}
        if sign and (atom.values or sign < 0):
            left = atom.values or {atom.magnitude or Decimal(0)}
            found[-1] = Atom(frozenset(abs(r + sign * v) for r in right for v in left))
        else:
            found += [Atom(), atom] if sign else [atom]
        sign = next_sign
    return tuple(reversed(found))


def _power(text: str) -> frozenset[Decimal]:
    exponent = Decimal(text.partition("^")[2].replace("−", "-"))
    # One that no text needs stands for itself, below every other value.
    return frozenset({Decimal(10) ** exponent if abs(exponent) < 100 else -abs(exponent)})


def _total(atoms: Sequence[Atom], lex: Lexicon) -> frozenset[Decimal]:
    """Return the possible totals of the pieces; empty if they are not a single number."""
    choices = max((atom.values for atom in atoms), key=len, default=frozenset())
    if len(choices) < 2:
        choices = frozenset({Decimal(0)})
    sums = (_sum(atoms, choice, lex) for choice in choices)
    return frozenset(total for total in sums if total is not None)


def _sum(atoms: Sequence[Atom], choice: Decimal, lex: Lexicon) -> Decimal | None:
    parts: list[Decimal] = []
    pending: Decimal | None = None  # a magnitude that waits for its number: "milioni 4"
    after_digits = linked = False
    in_digits = atoms[0].digits
    for atom in atoms:
        if atom.joiner:
            pending, linked = None, True
            continue
        if atom.magnitude is not None:
            if lex.magnitude_first and after_digits and atom.magnitude < 1000:
                return None
            leads = lex.magnitude_first and (not parts or parts[-1] >= atom.magnitude)
            if leads and pending is not None:  # "milioni mia mbili"
                parts[-1] = pending * atom.magnitude
            else:
                parts = [*parts, atom.magnitude] if leads else _multiplied(parts, atom.magnitude)
            pending = parts[-1] if leads or pending is not None else None
            after_digits = linked = False
            continue
        value = choice if len(atom.values) > 1 else next(iter(atom.values))
        if pending is not None:
            parts[-1] = pending * value
        elif parts and lex.takes and not linked:
            return None  # "ogun kan" is a certain twenty
        elif not parts or (in_digits <= atom.digits and _may_follow(parts[-1], value, atom.digits, after_digits, lex)):
            parts.append(value)
        else:
            return None
        pending, after_digits, linked = None, atom.digits, False
    return sum(parts, Decimal(0))


def _multiplied(parts: list[Decimal], magnitude: Decimal) -> list[Decimal]:
    smaller = [part for part in parts if part < magnitude]
    factor = sum(smaller, Decimal(0)) if smaller else Decimal(1)
    return [*(part for part in parts if part >= magnitude), factor * magnitude]


def _may_follow(part: Decimal, value: Decimal, digits: bool, after_digits: bool, lex: Lexicon) -> bool:
    """Return whether a number word adds to the one before: 5 to 20 ("twenty-five"), not 5 to 2 ("two five")."""
    if after_digits or (digits and lex.boundaries == "word"):
        return False
    if lex.base is not None and part % 10 == lex.base and value < lex.base:
        return True
    return value >= 1 and part > value and part % Decimal(10) ** len(str(int(value))) == 0


def _dress(run: Run, text: str, tokens: Sequence[Token], lex: Lexicon) -> Quantity:
    """Attach the unit, the comparison and the sign around a number to it."""
    start, end = tokens[run.first].start, tokens[run.end - 1].end
    written = text[start:end]
    head, tail = text[:start], text[end:]
    decade = bool(lex.decade and re.match(rf"{lex.decade}(?!\w)", tail))
    behind = frozenset() if decade or CURRENCY.search(head) else _unit_behind(text, tokens, run.end, end)
    per, after = _per(text, tokens, run.end, behind)
    units = behind | _unit_before(text, tokens, run.first, lex)
    comparison, sign = _comparison(text, tokens, run.first, after)
    values = run.values
    if run.firm and not CLOSE.fullmatch(tail[:1] or "x"):
        values = _attached(values, tail, lex)
    minutes = MINUTES.match(tail)
    is_clock = bool(run.firm and minutes and all(v <= 24 for v in values))
    if is_clock:
        values |= frozenset(v - 12 for v in values if v > 12)
    if run.firm and SEASON.search(head) and len(written) == 2:
        values |= frozenset(v + 2000 for v in values)
    if decade:
        values |= frozenset(v % 100 if 100 <= v < 10_000 else v + 1900 for v in values)
    if run.firm and head.endswith(":") and written in ("00", "30", "15"):
        values |= _minutes(Decimal(written))
    return Quantity(
        text=written,
        values=values,
        units=units,
        per=per,
        comparison=comparison,
        sign=sign,
        firm=run.firm and written != "00" and not CENTURY.match(tail) and not _figurative(written, head, tail),
        name=run.firm and bool(NAME.search(head)),
        negative=run.firm and (bool(BELOW_ZERO.search(head)) or _minus(text, tokens, run.first)),
        clock=is_clock,
        label=run.firm and not units and bool(LABEL.search(head)),
        whole=is_whole(head, tail, lex),
        vague=not run.firm and written.lower() in lex.vague,
        over=run.firm and bool(OVER.search(head)) and not tail.startswith("/"),
        head=head[-CONTEXT:],
        tail=tail[:CONTEXT],
    )


def _figurative(written: str, head: str, tail: str) -> bool:
    """Return whether a translation need not tell a number by one: "100 percent certain", "No. 1 in trade"."""
    return (written == "100" and bool(SURE.match(tail))) or (written == "1" and bool(RANK.search(head)))


def is_whole(head: str, tail: str, lex: Lexicon) -> bool:
    """Return whether a number is marked as the whole of another one: of 100 patients."""
    before = lex.whole and re.search(rf"(?i)(?<!\w)(?:{lex.whole})$", head)
    return bool(before or (lex.whole_behind and re.match(lex.whole_behind, tail)))


def _unit_behind(text: str, tokens: Sequence[Token], i: int, end: int) -> frozenset[str]:
    if i < len(tokens) and tokens[i].entry.units and CLOSE.fullmatch(text[end : tokens[i].start]):
        return tokens[i].entry.units
    return frozenset()


def _per(text: str, tokens: Sequence[Token], i: int, unit: frozenset[str]) -> tuple[frozenset[str], int]:
    """Return the units behind slashes or words such as "per", and the index of the token after the units."""
    after, per = i + bool(unit), frozenset[str]()
    while unit and after < len(tokens):
        gap, told = text[tokens[after - 1].end : tokens[after].start].strip(), tokens[after]
        if gap == "" and told.entry.per and after + 1 < len(tokens):
            gap, told = text[told.end : tokens[after + 1].start].strip() or "/", tokens[after + 1]
        if gap != "/" or not (found := told.entry.units | told.entry.each):
            break
        per |= found
        after = tokens.index(told, after) + 1
    return per | ({"day"} if unit and A_DAY.match(text, tokens[after - 1].end) else frozenset()), after


def _unit_before(text: str, tokens: Sequence[Token], i: int, lex: Lexicon) -> frozenset[str]:
    if i == 0 or not re.fullmatch(lex.unit_gap, text[tokens[i - 1].end : tokens[i].start]):
        return frozenset()
    return tokens[i - 1].entry.units & lex.unit_before


def _comparison(text: str, tokens: Sequence[Token], first: int, after: int) -> tuple[str, bool]:
    for token in reversed(tokens[max(0, first - 4) : first]):
        if token.counts:
            break
        if token.entry.before and NEAR.fullmatch(text[token.end : tokens[first].start]):
            return token.entry.before, not token.text[0].isalpha()
    behind = text[tokens[after - 1].end : tokens[after].start] if after < len(tokens) else ""
    if after < len(tokens) and tokens[after].entry.after and CLOSE.fullmatch(behind):
        return tokens[after].entry.after, False
    return "", False


def _minus(text: str, tokens: Sequence[Token], first: int) -> bool:
    return (
        first > 0
        and tokens[first - 1].entry.minus
        and bool(CLOSE.fullmatch(text[tokens[first - 1].end : tokens[first].start]))
    )


def _attached(values: frozenset[Decimal], tail: str, lex: Lexicon) -> frozenset[Decimal]:
    """Add the values under a magnitude suffix: "$9bn", "5k"; "10m" may be metres, so both readings stay."""
    match = re.match(r"[A-Za-z]+", tail)
    magnitude = lex.attached.get(match.group()) if match else None
    return values | frozenset(v * magnitude for v in values) if magnitude else values


def _short_year(quantity: Quantity, before: Quantity, head: str) -> Quantity:
    """Add the full year to a short one: the 53 of "1950-53" may be written out as 1953."""
    years = [v for v in before.values if 1000 <= v <= 2999]
    if not (quantity.firm and years and head.endswith((before.text + "-", before.text + "–", before.text + "/"))):
        return quantity
    return replace(quantity, values=quantity.values | {years[0] // 100 * 100 + v for v in quantity.values if v < 100})


def _century(quantity: Quantity, tail: str, lex: Lexicon) -> Iterator[Quantity]:
    """Yield the century and the last year that may stand for a decade: 20世纪90年代, "1990 si 1999"."""
    if lex.decade and quantity.firm and re.match(rf"{lex.decade}(?!\w)", tail):
        for year in (value for value in quantity.values if 1000 <= value < 10_000):
            yield from (Quantity(quantity.text, frozenset({v})) for v in (year // 100 + 1, year + 9))

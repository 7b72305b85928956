"""Conversion: a length, weight or temperature correctly converted to the other system of units.

Translations must not convert, so every conversion is reported. One that is right to its last digit need not
stop a row; a dose (mg, mL, IU) is never converted.
"""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from validation.signals.numbers.quantities import Quantity

#: The reason.
CONVERTED = "converted"
#: How many of the second are one of the first.
FACTORS = {
    ("mile", "km"): Decimal("1.609344"),
    ("mile", "m"): Decimal("1609.344"),
    ("foot", "m"): Decimal("0.3048"),
    ("foot", "cm"): Decimal("30.48"),
    ("inch", "cm"): Decimal("2.54"),
    ("inch", "mm"): Decimal("25.4"),
    ("lb", "kg"): Decimal("0.45359237"),
}
FAHRENHEIT, CELSIUS = "°F", "°C"
#: Rounding may take off or add so much: 5 feet may be 1.5 m, and 6 feet are not 2 m.
COARSEST = Decimal("0.02")


def converted(a: Quantity, b: Quantity) -> bool:
    """Return whether two quantities are equal but for the unit, the second rounded to the digits it shows."""
    if a.negative or b.negative or (a.per and b.per and a.per.isdisjoint(b.per)):
        return False
    return any(_rounded(exact, told, b) for exact in _exact(a, b) for told in b.values)


def _exact(a: Quantity, b: Quantity) -> Iterator[Decimal]:
    """Yield the values of the first quantity in the unit of the second."""
    for (one, other), factor in FACTORS.items():
        if one in a.units and other in b.units:
            yield from (value * factor for value in a.values)
        if other in a.units and one in b.units:
            yield from (value / factor for value in a.values)
    both = {FAHRENHEIT, CELSIUS}
    if both <= a.units and both <= b.units:
        return  # degrees of either kind, or of an angle
    if FAHRENHEIT in a.units and CELSIUS in b.units:
        yield from ((value - 32) / Decimal("1.8") for value in a.values)
    if CELSIUS in a.units and FAHRENHEIT in b.units:
        yield from (value * Decimal("1.8") + 32 for value in a.values)


def _rounded(exact: Decimal, told: Decimal, b: Quantity) -> bool:
    """Return whether ``told`` is ``exact`` rounded to its last digit; a length may be rounded to tens, degrees not."""
    shown = int(told.normalize().as_tuple().exponent)  # the place of the last digit that is not 0
    degrees = bool(b.units & {FAHRENHEIT, CELSIUS})
    places = [min(shown, 0)] if shown < 0 or degrees else range(shown + 1)
    near = abs(exact - told) <= COARSEST * exact
    return near and any(told == exact.quantize(Decimal(1).scaleb(place), ROUND_HALF_UP) for place in places)

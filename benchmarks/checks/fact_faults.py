"""Facts that become others, planted into good translations to measure which of them the signals catch.

A phrase of the translation that says a fact of the source becomes the first phrase of another fact of its kind. The
phrases are those of the signal's own lexicons: what these lack is not planted.
"""

import re
import tomllib
from functools import cache, partial
from importlib.resources import files
from random import Random

from benchmarks.checks.faults import Fault
from globmed.languages import ENGLISH, Language
from globmed.languages import language as globmed_language
from validation.signals.fold import fold_text
from validation.signals.text.facts.kinds import kinds, split


def change_fact(kind: str, random: Random, source: str, text: str, language: Language) -> str | None:
    """Replace one phrase of a kind of facts by a phrase of another fact of the kind."""
    here, there = kinds(globmed_language(ENGLISH))[kind], kinds(language).get(kind)
    if there is None:
        return None
    source, text = (re.sub(idle, " ", fold_text(each)) for each, idle in ((source, here.idle), (text, there.idle)))
    said = [fact for fact in here.facts if re.search(here.facts[fact], source)]
    places = [(match, fact) for fact in said if fact in there.facts for match in re.finditer(there.facts[fact], text)]
    others = [fact for fact in _phrases(language, kind) if fact not in said]
    if not places or not others:
        return None
    match, _ = random.choice(places)
    return text[: match.start()] + _phrases(language, kind)[random.choice(others)] + text[match.end() :]


@cache
def _phrases(language: Language, kind: str) -> dict[str, str]:
    """Return the first phrase of every fact of a kind that is no stem."""
    path = files("validation.signals.text.facts").joinpath("lexicon", f"{language.name}.toml")
    table = tomllib.loads(path.read_text("utf-8"))[kind]
    plain = {fact: [each for each in split(listed) if "*" not in each] for fact, listed in table.items()}
    return {fact: phrases[0] for fact, phrases in plain.items() if phrases and fact != "idle"}


FACT_FAULTS: dict[str, Fault] = {kind: partial(change_fact, kind) for kind in kinds(globmed_language(ENGLISH))}

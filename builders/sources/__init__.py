"""The sources: one module each, with its descriptor and its parser. A new one is registered here."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from builders.sources.exams.casimedicos import CASIMEDICOS
from builders.sources.exams.headqa import HEADQA
from builders.sources.exams.medexpqa import MEDEXPQA
from builders.sources.exams.medmcqa import MEDMCQA
from builders.sources.exams.medqa import MEDQA
from builders.sources.exams.mmlu_pro import MMLU_PRO
from builders.sources.inference.bionli import BIONLI
from builders.sources.inference.mednli import MEDNLI
from builders.sources.questions.expertqa import EXPERTQA_BIO, EXPERTQA_MED
from builders.sources.questions.liveqa import LIVEQA
from builders.sources.questions.pubmedqa import PUBMEDQA
from builders.sources.sample import SAMPLE
from builders.sources.source import Source
from globmed.errors import UserError

SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        source.name: source
        for source in (
            MEDQA,
            MEDMCQA,
            MMLU_PRO,
            HEADQA,
            CASIMEDICOS,
            MEDEXPQA,
            PUBMEDQA,
            LIVEQA,
            EXPERTQA_MED,
            EXPERTQA_BIO,
            BIONLI,
            MEDNLI,
            SAMPLE,
        )
    }
)


def source(name: str) -> Source:
    """The source of a name.

    Raises:
        UserError: no such source; the message names the known ones.
    """
    if name not in SOURCES:
        raise UserError(f"unknown source {name!r}; known: {', '.join(SOURCES)}")
    return SOURCES[name]


def sources_in(folder: Path) -> tuple[Source, ...]:
    """The sources that have a sub-folder below a folder, in the order of the registry.

    Raises:
        UserError: the folder is missing, or has none of them.
    """
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder, expected one with a sub-folder a source: mend the path")
    found = tuple(source for source in SOURCES.values() if (folder / source.folder).is_dir())
    if not found:
        expected = ", ".join(dict.fromkeys(source.folder for source in SOURCES.values()))
        raise UserError(f"{folder}: no source is there, expected sub-folders of {expected}: mend the path")
    return found

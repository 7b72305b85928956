"""Describe a version in ``croissant.json``: Croissant 1.1 with its vocabulary for responsible AI.

https://docs.mlcommons.org/croissant/. Files are named relative to it, so that a copy of the repository loads offline.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from cards.dataset import DatasetCard
from cards.tables.dataset import reviewed
from cards.words import statements
from globmed.render.markdown import line, percent
from globmed.schema import FIELDS, Field
from globmed.storage.files import sha256

PARQUET = "application/x-parquet"
CONFORMS_TO = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
DATA_TYPES = {
    pa.string(): "sc:Text",
    pa.float64(): "sc:Float",
    pa.int64(): "sc:Integer",
    pa.bool_(): "sc:Boolean",
}


def croissant(card: DatasetCard, folder: Path) -> dict[str, Any]:
    """Return the description of a candidate.

    Args:
        card: the contents of the card.
        folder: the candidate, with its Parquet files in ``data``.

    Raises:
        UserError: a licence or title with a control character.
    """
    page = f"https://huggingface.co/datasets/{card.repository}"
    return {
        "@context": json.loads(Path(__file__).with_name("context.json").read_text("utf-8")),
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": "GlobMed",
        "description": _description(card),
        "url": f"{page}/tree/{card.revision}",
        "version": str(card.version),
        "license": sorted({line(source.licence) for source in card.sources}),
        "creator": {"@type": "sc:Organization", "name": "The GlobMed contributors"},
        "citeAs": card.citation(),
        "inLanguage": [config.language.tag for config in card.configs],
        "keywords": ["medicine", "question answering", "multilingual", *card.tasks],
        "isLiveDataset": False,
        **_responsible(card),
        "distribution": [*_files(card, folder), *(_file_set(c.language.name) for c in card.configs)],
        "recordSet": [_record_set(config.language.name) for config in card.configs],
    }


def _description(card: DatasetCard) -> str:
    names = ", ".join(line(source.title) for source in card.sources)
    return (
        f"Medical questions in {len(card.configs)} languages, with the same answer to an item in each: "
        f"{card.total:,} rows from {names}. Nothing in it is medical advice."
    )


def _responsible(card: DatasetCard) -> dict[str, Any]:
    words = statements()
    measured = sum(config.quality.measured for config in card.configs)
    flagged = sum(config.quality.flagged for config in card.configs)
    critical = sum(config.quality.critical for config in card.configs)
    left_out = sum(leaks.items for leaks in card.leaks)
    absent, withheld = (sum(getattr(gap, name) for gap in card.gaps) for name in ("absent", "withheld"))
    engines = sorted(
        {
            " ".join(line(part) for part in (engine.engine, engine.package, engine.version) if part)
            for config in card.configs
            for engine in config.engines
            if engine.origin == "machine"
        }
    )
    return {
        "rai:dataCollection": words.collection,
        "rai:dataCollectionType": words.collection_type,
        "rai:dataCollectionMissingData": (
            f"{absent:,} items have no row in one of the languages; {withheld:,} of these are translations "
            "that were withheld since a number, unit, comparison or option changed."
        ),
        "rai:dataPreprocessingProtocol": [
            words.translation,
            f"{left_out:,} items of train were left out since a held-out item has the same question.",
        ],
        "rai:dataAnnotationProtocol": [words.signals, words.review],
        "rai:dataAnnotationAnalysis": [
            f"Of {measured:,} rows that were measured, {percent(flagged, measured)} have a reason and "
            f"{percent(critical, measured)} a critical one; {sum(map(reviewed, card.configs)):,} rows were reviewed."
        ],
        "rai:machineAnnotationTools": engines,
        "rai:dataBiases": words.biases,
        "rai:dataLimitations": words.limitations,
        "rai:dataUseCases": [
            *words.intended,
            *(f"Not for: {each}" for each in (*words.not_clinical, *words.not_intended)),
        ],
        "rai:dataSocialImpact": words.impact,
        "rai:personalSensitiveInformation": [words.sensitive],
        "rai:dataReleaseMaintenancePlan": words.maintenance,
    }


def _files(card: DatasetCard, folder: Path) -> Iterator[dict[str, Any]]:
    for config in card.configs:
        for path in sorted((folder / "data" / config.language.name).glob("*.parquet")):
            name = path.relative_to(folder).as_posix()
            yield {
                "@type": "cr:FileObject",
                "@id": name,
                "name": name,
                "contentUrl": name,
                "contentSize": f"{path.stat().st_size} B",
                "encodingFormat": PARQUET,
                "sha256": sha256(path),
            }


def _file_set(config: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"files/{config}",
        "name": f"files/{config}",
        "description": f"The Parquet files of {config}; a file's name begins with its split.",
        "encodingFormat": PARQUET,
        "includes": f"data/{config}/*.parquet",
    }


def _record_set(config: str) -> dict[str, Any]:
    split = {
        "@type": "cr:Field",
        "@id": f"{config}/split",
        "name": "split",
        "description": "train, validation or test",
        "dataType": "sc:Text",
        "source": {
            "fileSet": {"@id": f"files/{config}"},
            "extract": {"fileProperty": "fullpath"},
            "transform": {"regex": "^.*/([a-z]+)-[^/]*\\.parquet$"},
        },
    }
    return {
        "@type": "cr:RecordSet",
        "@id": config,
        "name": config,
        "description": f"The rows of {config}, one an item.",
        "key": {"@id": f"{config}/id"},
        "field": [split, *(_field(config, field) for field in FIELDS)],
    }


def _field(config: str, field: Field) -> dict[str, Any]:
    described = _described(f"{config}/{field.name}", field.name, field.meaning.replace("`", ""))
    kind, repeated = _element(field.type)
    if not pa.types.is_struct(kind):
        return described | {"dataType": DATA_TYPES[kind], "source": _source(config, field.name)}
    parts = [
        _described(f"{config}/{field.name}/{part.name}", part.name)
        | {"dataType": DATA_TYPES[_element(part.type)[0]]}
        | ({"repeated": True} if _element(part.type)[1] else {})
        | {"source": _source(config, field.name) | {"transform": {"jsonPath": part.name}}}
        for part in kind
    ]
    return described | ({"repeated": True} if repeated else {}) | {"subField": parts}


def _described(identifier: str, name: str, meaning: str | None = None) -> dict[str, Any]:
    return {"@type": "cr:Field", "@id": identifier, "name": name} | ({"description": meaning} if meaning else {})


def _source(config: str, column: str) -> dict[str, Any]:
    return {"fileSet": {"@id": f"files/{config}"}, "extract": {"column": column}}


def _element(kind: pa.DataType) -> tuple[pa.DataType, bool]:
    """Return the type of a column's values, and whether it is a list."""
    return (kind.value_type, True) if pa.types.is_list(kind) else (kind, False)

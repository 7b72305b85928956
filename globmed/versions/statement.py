"""The provenance of a version: an in-toto statement about its files, made from its manifest alone.

The predicate is SLSA provenance (https://slsa.dev/spec/v1.1/provenance). It has neither times nor names of machines:
the same inputs and code give every byte again.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from globmed.records.build import BuildInputs
from globmed.records.manifest import MANIFEST, Manifest
from globmed.records.record import read_file, read_record
from globmed.storage.files import json_text, sha256, write_text
from globmed.versions.envelope import ENVELOPE, Signer

#: The statement's file, beside the manifest, which does not name it: the statement is about the manifest.
STATEMENT = "provenance.json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "https://huggingface.co/datasets/globmed/GlobMed#build-v1"
#: Of what is no file: the code, and translation engines with their settings. Its algorithm is the project's.
FINGERPRINT = "globmed"

Json = dict[str, Any]


def write_statement(folder: Path, signer: Signer | None) -> None:
    """Write the statement of a version's folder, and its signed envelope; without a signer, an old one is removed.

    Raises:
        UserError: the manifest lacks the inputs of its build.
    """
    text = statement_text(folder)
    write_text(folder / STATEMENT, text)
    if signer is None:
        (folder / ENVELOPE).unlink(missing_ok=True)
    else:
        write_text(folder / ENVELOPE, signer.envelope(text.encode()))


def statement_text(folder: Path) -> str:
    """Return the statement about the files that the manifest in a folder names, and about the manifest.

    Raises:
        UserError: the manifest is not valid, or lacks the inputs of its build.
    """
    manifest = read_file(Manifest, folder / MANIFEST, "name the folder of a version")
    step = "release it with the version of the project that built it"
    inputs = read_record(BuildInputs, json.dumps(manifest.inputs), f"inputs in {folder / MANIFEST}", step)
    hashes = {MANIFEST: sha256(folder / MANIFEST)} | {path: entry.sha256 for path, entry in manifest.files.items()}
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": [_file(path, found) for path, found in sorted(hashes.items())],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": _parameters(manifest, inputs),
                "resolvedDependencies": list(_dependencies(manifest, inputs)),
            },
            "runDetails": {"builder": {"id": "pkg:pypi/globmed", "version": {"globmed": inputs.code.version}}},
        },
    }
    return json_text(statement, indent=1, sort_keys=True) + "\n"


def _parameters(manifest: Manifest, inputs: BuildInputs) -> Json:
    return {
        "repository": manifest.repository,
        "version": manifest.version,
        "previous": manifest.previous,
        "private": manifest.private,
        "draft": manifest.draft,
        "languages": list(inputs.languages),
        "limit": inputs.limit,
        "memoryOrigin": inputs.memory_origin,
        "roundTrip": inputs.round_trip,
        "estimator": inputs.estimator,
        "search": inputs.search,
    }


def _dependencies(manifest: Manifest, inputs: BuildInputs) -> Iterator[Json]:
    """Yield the resource descriptors of code, packages, upstream files, and what people and engines translated."""
    code = inputs.code
    digest = {FINGERPRINT: code.sha256} | ({"gitCommit": code.commit} if code.commit else {})
    yield {"name": "globmed", "uri": f"pkg:pypi/globmed@{code.version}", "digest": digest}
    packages = {**manifest.packages, **code.plugins}
    for name in sorted(packages.keys() - {"globmed"}):
        yield {"name": name, "uri": f"pkg:pypi/{name}@{packages[name]}"}
    for name, files in sorted(inputs.sources.items()):
        yield from _upstream_files(name, files, manifest)
    for name, hashes in (("memory", inputs.memory), ("reviews", inputs.reviews)):
        yield from (_file(name, found) for found in hashes)
    for config, found in sorted(inputs.glossaries.items()):
        yield _file(f"glossaries/{config}", found)
    for tag, identity in sorted(inputs.engines.items()):
        yield {"name": f"engines/{tag}", "digest": {FINGERPRINT: identity}}


def _upstream_files(name: str, files: Mapping[str, str], manifest: Manifest) -> Iterator[Json]:
    """Yield the files of a source; where they are from is in the manifest only if it has rows of the source."""
    source = manifest.sources.get(name)
    more: Json = {}
    if source is not None:
        address = source.upstream
        more["uri"] = address if "://" in address else f"https://huggingface.co/datasets/{address}"
        if source.revision:
            more["annotations"] = {"revision": source.revision}
    for path, found in sorted(files.items()):
        yield _file(f"sources/{name}/{path}", found) | more


def _file(name: str, found: str) -> Json:
    return {"name": name, "digest": {"sha256": found}}

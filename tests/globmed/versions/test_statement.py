"""The statement of provenance of a version: what in-toto and SLSA have, from the manifest alone."""

import json
import shutil
from pathlib import Path

import pytest
from google.protobuf.json_format import Parse
from in_toto_attestation.predicates.provenance.v1.provenance_pb2 import Provenance
from in_toto_attestation.v1.statement import Statement
from in_toto_attestation.v1.statement_pb2 import Statement as StatementMessage

from globmed.errors import UserError
from globmed.records.manifest import MANIFEST
from globmed.storage.files import sha256
from globmed.versions.statement import STATEMENT, statement_text
from tests.conftest import SAMPLE


def test_the_reference_implementation_reads_the_statement_and_its_predicate(demo_candidate: Path) -> None:
    text = (demo_candidate / STATEMENT).read_text("utf-8")
    read = Statement.copy_from_pb(Parse(text, StatementMessage()))
    read.validate()
    predicate = Parse(json.dumps(json.loads(text)["predicate"]), Provenance())
    subjects = {each.name: each.digest["sha256"] for each in read.pb.subject}
    files = {p.relative_to(demo_candidate).as_posix(): p for p in demo_candidate.rglob("*") if p.is_file()}
    assert subjects == {name: sha256(path) for name, path in files.items() if name != STATEMENT}
    found = {each.name: each for each in predicate.build_definition.resolved_dependencies}
    assert found["sources/sample/items.jsonl"].digest["sha256"] == sha256(SAMPLE / "items.jsonl")
    assert found["duckdb"].uri.startswith("pkg:pypi/duckdb@")
    memory = {e.digest["sha256"] for e in predicate.build_definition.resolved_dependencies if e.name == "memory"}
    assert memory == {sha256(path) for path in (SAMPLE / "tmx").glob("*.tmx")}
    code = json.loads((demo_candidate / MANIFEST).read_text("utf-8"))["inputs"]["code"]
    assert found["globmed"].digest["globmed"] == code["sha256"]
    assert predicate.build_definition.external_parameters["version"] == "0.1.0"


def test_it_follows_from_the_manifest_and_from_nothing_else(demo_candidate: Path, tmp_path: Path) -> None:
    shutil.copy(demo_candidate / MANIFEST, tmp_path)
    assert statement_text(tmp_path) == (demo_candidate / STATEMENT).read_text("utf-8")
    manifest = json.loads((tmp_path / MANIFEST).read_text("utf-8"))
    (tmp_path / MANIFEST).write_text(json.dumps({**manifest, "inputs": {}}), "utf-8")
    with pytest.raises(UserError, match=r"inputs in .* is missing"):
        statement_text(tmp_path)

"""Copies of a version: whole ones, and every fault where it has to be found."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from huggingface_hub import HfApi
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.release.diff.copy import open_folder
from builders.release.hub.repository import open_repository
from builders.release.verify import order, verify, verify_folder
from builders.rows.artifacts.folder import BuildFolder
from globmed.records.manifest import MANIFEST
from globmed.versions.client import DATASET, HubAccess
from globmed.versions.envelope import ENVELOPE, Signer, read_public_key
from globmed.versions.statement import STATEMENT, write_statement
from tests.builders.release.diff.test_diff import TEST, reseal, rewrite
from tests.conftest import DemoRelease, Globmed
from tests.globmed.versions.keys import public_pem
from validation.facts.remember import JUDGED
from validation.validate import validate

KEY = Ed25519PrivateKey.from_private_bytes(b"1" * 32)


@pytest.fixture(scope="session")
def whole(demo_candidate: Path) -> Path:
    return demo_candidate


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "copy"))


def test_a_whole_copy_has_no_fault(whole: Path) -> None:
    assert verify_folder(whole) == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_one_flipped_byte_in_any_file_is_found_and_named(whole: Path, data: st.DataObject) -> None:
    files = sorted(path for path in whole.rglob("*") if path.is_file() and path.name != MANIFEST)
    file = data.draw(st.sampled_from(files))
    before = file.read_bytes()
    place = data.draw(st.integers(0, len(before) - 1))
    try:
        file.write_bytes(
            before[:place] + bytes([before[place] ^ 1 << data.draw(st.integers(0, 7))]) + before[place + 1 :]
        )
        (fault,) = verify_folder(whole)
    finally:
        file.write_bytes(before)
    assert fault.where == file.relative_to(whole).as_posix()
    assert fault.found.startswith("SHA-256 ")


def test_a_missing_an_added_and_a_longer_file_are_named(copy: Path) -> None:
    (copy / TEST).unlink()
    (copy / "data" / "zulu" / "test-more.parquet").write_bytes(b"PAR1")
    (copy / "README.md").write_bytes((copy / "README.md").read_bytes() + b"\n")
    assert {fault.where for fault in verify_folder(copy)} == {TEST, "data/zulu/test-more.parquet", "README.md"}


def test_rows_that_are_not_as_many_as_stated_are_found(copy: Path) -> None:
    rewrite(copy, TEST, lambda rows: rows[:-1])
    assert [(f.where, f.found, f.expected) for f in verify_folder(copy)][:2] == [
        (TEST, "8 rows", "9 rows"),
        ("zulu/test", "8 rows", "9 rows"),
    ]


def test_rows_out_of_order_are_found(copy: Path) -> None:
    rewrite(copy, TEST, lambda rows: rows.reverse())
    (fault,) = verify_folder(copy)
    assert (fault.where, fault.expected) == ("zulu/test", "rows sorted by id")


def test_the_files_of_a_split_follow_each_other_by_name(whole: Path, tmp_path: Path) -> None:
    manifest, folder = open_folder(whole).manifest, tmp_path / "data" / "zulu"
    folder.mkdir(parents=True)
    for source in "hgfedcba":
        pl.DataFrame({"id": [f"{source}/1", f"{source}/2"]}).write_parquet(folder / f"test-{source}.parquet")
    assert list(order.CHECK.find(tmp_path, manifest)) == []
    pl.DataFrame({"id": ["h/2"]}).write_parquet(folder / "test-i.parquet")
    assert [fault.found for fault in order.CHECK.find(tmp_path, manifest)] == ["id h/2 after a larger or the same one"]


def test_an_answer_that_is_not_the_other_languages_is_found(copy: Path) -> None:
    changed = pl.when(pl.col("answer") == "yes").then(pl.lit("no")).otherwise("answer").alias("answer")
    rewrite(copy, TEST, lambda rows: rows.with_columns(changed))
    assert any("parity" in fault.expected and "zulu, id sample/test/" in fault.where for fault in verify_folder(copy))


def test_rows_that_break_the_rules_of_the_suites_fail_here_as_there(
    copy: Path, demo_build: BuildFolder, tmp_path: Path
) -> None:
    row, mcqa = pl.int_range(pl.len()), pl.col("task") == "mcqa"
    rewrite(
        copy,
        TEST,
        lambda rows: rows.with_columns(
            origin=pl.when(row == 0).then(pl.lit("alien")).otherwise("origin"),
            provenance=pl.when(row == 2)
            .then(pl.col("provenance").struct.with_fields(licence=pl.lit("nonsense")))
            .when(row != 1)
            .then("provenance"),
            premise=pl.when(mcqa).then(pl.lit("A fever.")).otherwise("premise"),
        ),
    )
    rules = ("origin_unknown", "required_missing", "provenance_missing", "licence_unknown", "other_task")
    broken = {f"structure/{rule}" for rule in rules}
    assert {fault.expected for fault in verify_folder(copy)} == {f"rows without a {rule} fault" for rule in broken}
    kept = shutil.copytree(demo_build.root / JUDGED, tmp_path / "judged")
    verdict, _ = validate(copy, tmp_path / "validation", kept=kept)
    failed = {f"{each.suite}/{each.name}" for each in verdict.expectations if not each.success}
    assert broken <= failed
    assert not verdict.passed


def test_a_source_without_its_licence_is_found(copy: Path) -> None:
    manifest = json.loads((copy / MANIFEST).read_text("utf-8"))
    manifest["sources"]["medqa"] = manifest["sources"]["sample"]
    (copy / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    write_statement(copy, None)
    assert [fault.where for fault in verify_folder(copy)] == ["LICENSES/medqa.md"]


def signed(copy: Path) -> Path:
    """Sign the statement of a copy; return the public key."""
    write_statement(copy, Signer(KEY))
    (public := copy.parent / "key.pub").write_bytes(public_pem(KEY))
    return public


def test_a_signed_version_is_whole_and_one_without_a_statement_too(copy: Path) -> None:
    key = read_public_key(signed(copy))
    assert verify_folder(copy, key) == verify_folder(copy) == []
    (copy / ENVELOPE).unlink()
    assert [(f.where, f.found) for f in verify_folder(copy, key)] == [(ENVELOPE, "no file")]
    (copy / STATEMENT).unlink()
    assert verify_folder(copy) == []


def test_a_changed_statement_file_and_manifest_and_another_key_are_found(copy: Path) -> None:
    public = signed(copy)
    key = read_public_key(public)

    def found(file: Path, old: bytes, new: bytes) -> list[str]:
        before = file.read_bytes()
        assert old in before
        file.write_bytes(before.replace(old, new, 1))
        try:
            return [fault.where for fault in verify_folder(copy, key)]
        finally:
            file.write_bytes(before)

    assert found(copy / STATEMENT, b'"pkg:pypi/globmed"', b'"pkg:pypi/other"') == [STATEMENT, ENVELOPE]
    assert found(copy / MANIFEST, b'"private": false', b'"private": true') == [STATEMENT]
    assert found(copy / "README.md", b"GlobMed", b"GlobMad") == ["README.md"]
    assert found(copy / ENVELOPE, b'"payload": "ewo', b'"payload": "ewp') == [ENVELOPE, ENVELOPE]
    other = Ed25519PrivateKey.generate()
    faults = verify_folder(copy, other.public_key())
    assert [(f.where, f.expected) for f in faults] == [(ENVELOPE, "the statement, signed with the key")]
    # Whoever changes a file, manifest and statement alike lacks the key.
    (copy / "README.md").write_text("# Other\n", "utf-8")
    reseal(copy, "README.md")
    write_statement(copy, Signer(other))
    assert verify_folder(copy) == []
    assert [fault.where for fault in verify_folder(copy, key)] == [ENVELOPE]


def test_the_command_checks_the_signature(copy: Path, globmed: Globmed) -> None:
    public = signed(copy)
    done = globmed("verify", copy, "--key", public, "--hub", "http://127.0.0.1:9")
    assert (done.returncode, f"signed with {public}" in done.stdout) == (0, True)
    public.write_bytes(public_pem(Ed25519PrivateKey.generate()))
    done = globmed("verify", copy, "--key", public, "--hub", "http://127.0.0.1:9")
    assert (done.returncode, f"{ENVELOPE}: found no signature of the key" in done.stdout) == (1, True)


@pytest.mark.slow
def test_versions_on_the_hub_are_proven_and_a_wrong_tag_is_found(
    demo_release: DemoRelease, demo_hub: HubAccess, copy: Path, globmed: Globmed
) -> None:
    done = globmed("verify", "0.1.0", "--hub", demo_hub.endpoint)
    assert (done.returncode, "0.1.0 is whole" in done.stdout) == (0, True)
    api = HfApi(endpoint=demo_hub.endpoint, token=demo_hub.token)
    api.create_repo("globmed/Wrong", repo_type=DATASET)
    (copy / "README.md").write_bytes((copy / "README.md").read_bytes().replace(b"GlobMed", b"GlobMad", 1))
    api.upload_folder(repo_id="globmed/Wrong", folder_path=copy, repo_type=DATASET)
    api.create_tag("globmed/Wrong", tag="v0.2.0", repo_type=DATASET)
    with open_repository("globmed/Wrong", demo_hub) as repository:
        assert [fault.where for fault in verify("0.2.0", repository)] == ["tag 0.2.0", "README.md"]
    told = globmed("verify", "0.2.0", "--hub", demo_hub.endpoint, "--repository", "globmed/Wrong", "--json")
    assert (told.returncode, json.loads(told.stdout)["whole"]) == (1, False)


def test_a_reseal_is_no_fault(copy: Path) -> None:
    (copy / "README.md").write_text("# Other\n", "utf-8")
    reseal(copy, "README.md")
    assert verify_folder(copy) == []

"""The release of a model on a local Hub, through the real clients."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from huggingface_hub import HfApi

from builders.release.hub.repository import open_repository
from builders.release.model.candidate import ModelCandidate, ModelPlan
from builders.release.model.release import ReleasedModel, release_model
from globmed.errors import UserError
from globmed.records.record import as_dict
from globmed.storage.files import sha256
from globmed.versions.client import MODEL, HubAccess
from globmed.versions.numbers import Version
from tests.builders.release.model.conftest import NAME, V1, rewrite
from tests.cards.reading import by_name, fences, parts, tables
from tests.conftest import Globmed
from tests.support.clients import run_client
from train_recipes.fitting import RECORD

pytestmark = [pytest.mark.slow, pytest.mark.model]

#: The card's own lines, and the logits of what they loaded.
SNIPPET = """
import contextlib, json, sys
with contextlib.redirect_stdout(sys.stderr):
    exec({0!r})
import torch
with torch.inference_mode():
    print(json.dumps(model(torch.arange(20)[None]).logits[0, -1].tolist()))
"""

LOAD_BACK = """
import contextlib, sys
from train_recipes.load_back import load_back
with contextlib.redirect_stdout(sys.stderr):
    load_back("globmed/adapter", "v0.1.0")
"""
DIFFERENCES = """
import json
from builders.release.loading_back.logits import Request, differences
print(json.dumps([list(differences(Request(**asked))) for asked in json.loads({0!r})]))
"""


def main_and_tags(access: HubAccess, name: str = NAME) -> tuple[str | None, set[str]]:
    api = HfApi(endpoint=access.endpoint, token=access.token)
    return api.model_info(name).sha, {tag.name for tag in api.list_repo_refs(name).tags}


def test_what_is_on_the_hub_is_the_model_and_no_more(released: ReleasedModel, demo_hub: HubAccess) -> None:
    assert main_and_tags(demo_hub) == (released.commit, {"v0.1.0"})
    api = HfApi(endpoint=demo_hub.endpoint, token=demo_hub.token)
    files = set(api.list_repo_files(NAME, revision="v0.1.0")) - {".gitattributes"}
    assert files == {
        "README.md", "manifest.json", "model.safetensors", "config.json", "generation_config.json", "tokenizer.json",
        "tokenizer_config.json", "chat_template.jinja",
    }  # fmt: skip
    assert set(released.candidate.left_out) == {"README.md", "checkpoint-2", "run.json", "training_args.bin"}
    assert set(released.candidate.manifest.files) == files - {"manifest.json"}


def test_the_cards_snippet_loads_the_model_that_was_trained(
    released: ReleasedModel, trained: Path, demo_hub: HubAccess, tmp_path: Path
) -> None:
    from transformers import AutoModelForCausalLM

    card = (released.candidate.folder / "README.md").read_text("utf-8")
    (snippet,) = fences(card, "python")
    logits = run_client(demo_hub, tmp_path, SNIPPET.format(snippet), OMP_NUM_THREADS="1")
    model: Any = AutoModelForCausalLM.from_pretrained(trained)
    with torch.inference_mode():
        expected = model(torch.arange(20)[None]).logits[0, -1]
    assert torch.allclose(torch.tensor(logits), expected, atol=1e-6)


def test_the_card_says_what_the_files_say(released: ReleasedModel, trained: Path, results: Path) -> None:
    record = json.loads((trained / RECORD).read_text("utf-8"))
    bench = json.loads((results / "run.json").read_text("utf-8"))
    body = parts((released.candidate.folder / "README.md").read_text("utf-8"))[1]
    data = record["data"]
    assert data["commit"] in body
    assert data["manifest_sha256"] in body
    (mix,) = tables(body)["What it was made from"]
    drawn = {name: int(cells["rows drawn"].replace(",", "")) for name, cells in by_name(mix).items()}
    assert drawn == data["mix"]["rows"]
    packages = by_name(tables(body)["Settings"][1])
    assert {name: cells["version"] for name, cells in packages.items()} == record["packages"]
    (scores,) = tables(body)["Results"]
    assert sum(int(line[6]) for line in scores[1:]) == bench["items"]
    assert as_dict(released.candidate.manifest.data) == data
    assert released.candidate.manifest.results[0].sha256 == sha256(results / "results.parquet")


def test_the_same_release_again_changes_nothing(
    released: ReleasedModel, trained: Path, results: Path, demo_hub: HubAccess
) -> None:
    again = release_model(released.plan, demo_hub)
    assert (again.commit, again.already) == (released.commit, True)


def test_a_tag_never_moves_and_versions_grow(released: ReleasedModel, trained: Path, demo_hub: HubAccess) -> None:
    before = main_and_tags(demo_hub)
    with pytest.raises(UserError, match=r"has v0\.1\.0 with other contents, and a tag never moves"):
        release_model(ModelPlan(trained, V1, NAME, private=False), demo_hub)
    with pytest.raises(UserError, match=r"is at 0\.1\.0: 0\.0\.9 is not larger"):
        release_model(ModelPlan(trained, Version(0, 0, 9), NAME, private=False), demo_hub)
    with pytest.raises(UserError, match="is public and this release is private"):
        release_model(ModelPlan(trained, Version(0, 2, 0), NAME, private=True), demo_hub)
    assert main_and_tags(demo_hub) == before


def test_of_two_managers_at_once_one_wins_and_the_other_is_told(trained: Path, demo_hub: HubAccess) -> None:
    first, second = (
        ModelPlan(trained, V1, "globmed/raced", private=False, licence=licence) for licence in ("mit", "cc0-1.0")
    )

    def overtake(_: ModelCandidate) -> None:
        release_model(first, demo_hub)

    with pytest.raises(UserError, match="somebody else released; run the same command again"):
        release_model(second, demo_hub, tell=overtake)
    with open_repository("globmed/raced", demo_hub, MODEL) as repository:
        head = repository.head()
        assert repository.tags() == {V1: head}
        assert "The weights are under `mit`" in (repository.text(str(head), "README.md") or "")


def test_an_adapter_is_released_with_its_base(adapter: Path, demo_hub: HubAccess, tmp_path: Path) -> None:
    made = release_model(ModelPlan(adapter, V1, "globmed/adapter", private=False), demo_hub)
    base = json.loads((adapter / RECORD).read_text("utf-8"))["base_model"]
    front_matter, body = parts((made.candidate.folder / "README.md").read_text("utf-8"))
    assert (front_matter["base_model"], front_matter["library_name"]) == ("globmed/base", "peft")
    assert (front_matter["license"], front_matter["license_name"]) == ("other", "own-terms")
    assert front_matter["license_link"] == f"https://huggingface.co/globmed/base/blob/{base['commit']}/TERMS.md"
    script = LOAD_BACK + SNIPPET.format(*fences(body, "python"))
    assert len(run_client(demo_hub, tmp_path, script, OMP_NUM_THREADS="1")) > 100


def test_what_comes_back_different_is_found(released: ReleasedModel, demo_hub: HubAccess, tmp_path: Path) -> None:
    """The folder is compared with the commit: here the folder is changed, since the Hub gives what it was given."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    other = shutil.copytree(released.candidate.folder, tmp_path / "other")
    model: Any = AutoModelForCausalLM.from_pretrained(other)
    with torch.no_grad():
        next(model.parameters())[3, 3] += 1e-4
    model.save_pretrained(other)
    words = shutil.copytree(released.candidate.folder, tmp_path / "words")
    tokenizer: Any = AutoTokenizer.from_pretrained(words)
    tokenizer.chat_template = tokenizer.chat_template.replace("assistant", "helper") + "!"
    tokenizer.save_pretrained(words)
    wrong: dict[str, str] = {"config.json": "0" * 64}
    asked: dict[str, Any] = {"repository": NAME, "commit": released.commit, "base": None, "files": {}}
    folders: Any = ((words, wrong), (words, {}), (other, {}), (released.candidate.folder, {}))
    requests = [{**asked, "folder": str(folder), "files": files} for folder, files in folders]
    script = DIFFERENCES.format(json.dumps(requests))
    file, tokens, logits, nothing = run_client(demo_hub, tmp_path / "cache", script, OMP_NUM_THREADS="1")
    assert file == ["config.json is not the file that was uploaded"]
    assert tokens == ["the loaded tokenizer differs from the uploaded one"]
    assert logits
    assert all("the model that was loaded gives other logits for" in line for line in logits)
    assert nothing == []


def test_a_client_that_finds_a_difference_stops_the_release(copy: Path, demo_hub: HubAccess) -> None:
    """Numbers that are none are no model: its logits are not even equal to themselves."""
    from safetensors.torch import load_file, save_file

    weights = load_file(copy / "model.safetensors")
    weights["model.norm.weight"] = weights["model.norm.weight"] * float("nan")
    save_file(weights, copy / "model.safetensors", {"format": "pt"})
    found = {"model.safetensors": sha256(copy / "model.safetensors")}
    rewrite(copy / RECORD, lambda record: record.update(weights=found))
    with pytest.raises(UserError, match=r"logits are not finite numbers .*; nothing was tagged and main is as it was"):
        release_model(ModelPlan(copy, V1, "globmed/broken", private=False), demo_hub)
    head, tags = main_and_tags(demo_hub, "globmed/broken")
    api = HfApi(endpoint=demo_hub.endpoint, token=demo_hub.token)
    assert set(api.list_repo_files("globmed/broken", revision=head)) <= {".gitattributes"}
    assert not tags


def test_no_token_is_told(copy: Path, demo_hub: HubAccess, globmed: Globmed) -> None:
    """One in the environment, one in the record, one in what TRL wrote beside the weights."""
    planted = "hf_plantedPLANTEDplanted"

    def plant(record: dict[str, Any]) -> None:
        record["arguments"] |= {"hub_token": planted, "push_to_hub_token": planted}
        record["data"]["token"] = planted

    rewrite(copy / RECORD, plant)
    (copy / "README.md").write_text(planted)
    arguments = ("release-model", copy, "0.1.0", "--repository", "globmed/secret", "--hub", demo_hub.endpoint)
    done = globmed(*arguments, "--json", HF_TOKEN=str(demo_hub.token), TRACKIO_TOKEN=planted)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["commit"] == main_and_tags(demo_hub, "globmed/secret")[0]
    texts = [path.read_bytes() for path in (copy / "candidate").iterdir()]
    for secret in (planted, str(demo_hub.token)):
        assert secret not in done.stdout + done.stderr
        assert not any(secret.encode() in text for text in texts)
    assert str(copy.parent).encode() not in b"".join(texts), "nor a path of this machine"

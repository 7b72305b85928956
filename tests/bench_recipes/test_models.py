"""The list of models: what it holds, and each fault in one line."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from bench_recipes.models import HUB, address, find, listed, read_models
from globmed.errors import UserError

SOUND = """
[providers.hub]
[providers.shop]
base_url = "https://shop.example/v1"
key = "SHOP_KEY"
[[models]]
name = "one"
provider = "shop"
id = "one-2026-01-01"
price_in = 1.0
price_out = 2
priced = 2026-01-01
[[models]]
name = "two"
provider = "hub"
id = "maker/two"
"""


def test_the_list_covers_what_the_paper_compares() -> None:
    models = listed().models.values()
    assert len(models) >= 56
    groups = {(model.open, model.medical) for model in models}
    assert groups >= {(True, True), (True, False), (False, False)}
    assert all(model.size for model in models if model.open)
    assert any(model.size and model.size < 1 for model in models)


def test_a_cost_is_known_where_both_prices_are() -> None:
    models = read_models(SOUND, "list").models
    assert models["one"].cost(1_000_000, 500_000) == 2.0
    assert models["two"].cost(1, 1) is None


def test_the_size_of_a_folders_weights_is_counted(tmp_path: Path) -> None:
    files: list[dict[str, tuple[int, ...]]] = [{"a": (20, 30), "b": (400,)}, {"c": (1000, 3)}]
    for place, shapes in enumerate(files):
        arrays = {name: np.zeros(shape, np.float16) for name, shape in shapes.items()}
        save_file(arrays, tmp_path / f"model-{place}.safetensors")
    assert find(str(tmp_path)).size == 4e-6
    (tmp_path / "model-2.safetensors").write_bytes(b"half a download")
    with pytest.raises(UserError, match=r"model-2\.safetensors: found no weights in safetensors"):
        find(str(tmp_path))


def test_weights_need_no_entry(tmp_path: Path) -> None:
    assert find("qwen3-4b").id == "Qwen/Qwen3-4B"
    assert (find(str(tmp_path)).provider, find(str(tmp_path)).size) == (HUB, None)
    assert (find("owner/name").name, find("owner/name").revision) == ("owner--name", None)
    pinned = find("owner/name@v1.0.0")
    assert (pinned.name, pinned.id, pinned.revision) == ("owner--name", "owner/name", "v1.0.0")
    with pytest.raises(UserError, match="expected a name of `globmed bench models`"):
        find("gpt-9")


def test_a_key_goes_to_its_own_provider_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    model = find("gpt-4o")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(UserError, match="set OPENAI_API_KEY in the environment"):
        address(model)
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    assert address(model) == ("https://api.openai.com/v1", "secret")
    assert address(model, "http://localhost:8000/v1/") == ("http://localhost:8000/v1", "none")
    assert address(find("qwen3-4b")) is None
    with pytest.raises(UserError, match="expected http://host"):
        address(model, "localhost:8000")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "maker/two"', 'id = "maker/two"\ncolour = "red"', r"model 2 \(two\) has the key 'colour'; known: name"),
        ('name = "two"', 'name = "one"', "name 'one' is there twice"),
        ('provider = "hub"\nid = "maker/two"', 'provider = "shop"\nid = "one-2026-01-01"', "provider and id .* twice"),
        ('name = "two"\n', "", "name is None; expected a text"),
        ('provider = "hub"', 'provider = "hut"', "provider 'hut'; known: hub, shop"),
        ("price_in = 1.0", "price_in = -1.0", "price_in is -1.0; expected US dollars"),
        ("price_in = 1.0", 'price_in = "1"', "price_in is '1'; expected US dollars"),
        ("price_in = 1.0", "price_in = nan", "price_in is nan"),
        ("price_in = 1.0", "price_in = true", "price_in is True"),
        ("priced = 2026-01-01", "", "price_in, price_out and priced together"),
        ("priced = 2026-01-01", 'priced = "spring"', "priced is 'spring'; expected a date"),
        ('id = "maker/two"', 'id = "maker/two"\nrevision = "main"', "revision is 'main'; expected a commit of 40 hex"),
        ('id = "maker/two"', 'id = "maker/two"\nsize = 0', "size is 0; expected billions"),
        ('id = "maker/two"', 'id = "maker/two"\ncontext = 1.5', "context is 1.5"),
        ('id = "maker/two"', 'id = "maker/two"\nmedical = 1', "medical is 1; expected true or false"),
        ('key = "SHOP_KEY"', "", r"\[providers.shop\] has \['base_url'\]; expected"),
        ("https://shop", "http://shop", "expected https://"),
        ("[providers.hub]", "[[[", "Invalid|Expected"),
        ("[[models]]", "[[model]]", r"has \['model', 'providers'\]; expected providers and models"),
    ],
)
def test_a_fault_is_one_line(old: str, new: str, message: str) -> None:
    assert old in SOUND
    with pytest.raises(UserError, match=message) as fault:
        read_models(SOUND.replace(old, new), "list.toml")
    assert str(fault.value).startswith("list.toml")

"""The list of models, read from ``models.toml``: their provider, served name and price."""

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from importlib.resources import files
from math import isfinite, prod
from pathlib import Path
from types import MappingProxyType
from typing import Any

from globmed.errors import UserError
from globmed.versions.numbers import is_commit

HUB = "hub"
#: The key for a server that the user names; a provider's key is sent only to that provider.
OWN_KEY = "GLOBMED_BENCH_KEY"
NO_KEY = "none"
MILLION = 1_000_000
BILLION = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of models: OpenAI-compatible address and the environment variable of its key; the Hub has neither."""

    name: str
    base_url: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the list; the keys are documented in the TOML file."""

    name: str
    provider: str
    id: str
    revision: str | None = None
    size: float | None = None
    licence: str | None = None
    context: int | None = None
    medical: bool = False
    reasoning: bool = False
    price_in: float | None = None
    price_out: float | None = None
    priced: date | None = None

    @property
    def open(self) -> bool:
        """Return whether its weights are available."""
        return self.provider == HUB

    def cost(self, input_tokens: float, output_tokens: float) -> float | None:
        """Return the cost in US dollars; None if the price is not known."""
        if self.price_in is None or self.price_out is None:
            return None
        return (input_tokens * self.price_in + output_tokens * self.price_out) / MILLION


@dataclass(frozen=True, slots=True)
class Models:
    """The models by name, in the order of the list, and the providers."""

    models: Mapping[str, Model]
    providers: Mapping[str, Provider]


@cache
def listed() -> Models:
    """Read the project's own list."""
    return read_models(files("bench_recipes").joinpath("models.toml").read_text("utf-8"), "models.toml")


def find(name: str) -> Model:
    """Find a model by its name in the list, or weights by their folder or repository on the Hub.

    The name of a repository may be followed by ``@`` and a revision.

    Raises:
        UserError: none of these, or a damaged file of weights in the folder.
    """
    known = listed().models
    if name in known:
        return known[name]
    if Path(name).is_dir():
        return Model(Path(name).resolve().name, HUB, name, size=_billions(Path(name)))
    if name.count("/") == 1 and not name.startswith((".", "/")):
        repository, _, revision = name.partition("@")
        return Model(repository.replace("/", "--"), HUB, repository, revision=revision or None)
    raise UserError(
        f"no model {name!r}: expected a name of `globmed bench models`, a folder of weights, or owner/name on the Hub"
    )


def _billions(folder: Path) -> float | None:
    """Return the billions of parameters in a folder, from the shapes in its safetensors files."""
    from safetensors import SafetensorError, safe_open

    count = 0
    for file in folder.glob("*.safetensors"):
        try:
            with safe_open(file, framework="np") as tensors:
                count += sum(prod(tensors.get_slice(name).get_shape()) for name in tensors.keys())  # noqa: SIM118
        except SafetensorError as error:
            raise UserError(f"{file}: found no weights in safetensors ({error}); copy or convert it again") from error
    return count / BILLION or None


def address(model: Model, base_url: str | None = None) -> tuple[str, str] | None:
    """Return the address and key of a served model; None for weights that are loaded in this process.

    Raises:
        UserError: the key is not in the environment, or the address is not valid.
    """
    if base_url:
        if not base_url.startswith(("http://", "https://")):
            raise UserError(f"--base-url {base_url!r}; expected http://host[:port]/v1 or https://...")
        return base_url.rstrip("/"), os.environ.get(OWN_KEY, NO_KEY)
    provider = listed().providers[model.provider]
    if provider.base_url is None or provider.key is None:
        return None
    key = os.environ.get(provider.key)
    if not key:
        raise UserError(f"{model.name} is asked at {provider.base_url}: set {provider.key} in the environment")
    return provider.base_url, key


def read_models(text: str, name: str) -> Models:
    """Read a list and check every entry.

    Raises:
        UserError: a damaged list or entry.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{name}: {error}") from error
    if table.keys() != {"providers", "models"}:
        raise UserError(f"{name} has {sorted(table)}; expected providers and models")
    providers = {key: _provider(key, entry, name) for key, entry in table["providers"].items()}
    models = [_model(entry, providers, f"{name}: model {place}") for place, entry in enumerate(table["models"], 1)]
    _check_once((model.name for model in models), f"{name}: name")
    _check_once((f"{model.provider} {model.id}" for model in models), f"{name}: provider and id")
    return Models(MappingProxyType({model.name: model for model in models}), MappingProxyType(providers))


def _provider(name: str, entry: dict[str, Any], file: str) -> Provider:
    expected = set() if name == HUB else {"base_url", "key"}
    if entry.keys() != expected:
        raise UserError(f"{file}: [providers.{name}] has {sorted(entry)}; expected {sorted(expected)}")
    if not str(entry.get("base_url", "https://")).startswith("https://"):
        raise UserError(f"{file}: [providers.{name}] has base_url {entry['base_url']!r}; expected https://...")
    return Provider(name, **entry)


def _model(entry: dict[str, Any], providers: Mapping[str, Provider], where: str) -> Model:
    where = f"{where} ({entry.get('name', 'without a name')})"
    known = [field.name for field in fields(Model)]
    for key in entry.keys() - set(known):
        raise UserError(f"{where} has the key {key!r}; known: {', '.join(known)}")
    for key in ("name", "provider", "id"):
        if not isinstance(entry.get(key), str) or not entry[key]:
            raise UserError(f"{where}: {key} is {entry.get(key)!r}; expected a text")
    if entry["provider"] not in providers:
        raise UserError(f"{where}: provider {entry['provider']!r}; known: {', '.join(providers)}")
    for key, expected, sound in _values(entry):
        if key in entry and not sound:
            raise UserError(f"{where}: {key} is {entry[key]!r}; expected {expected}")
    priced = [key in entry for key in ("price_in", "price_out", "priced")]
    if any(priced) and not all(priced):
        raise UserError(f"{where}: expected price_in, price_out and priced together, or none of them")
    return Model(**entry)


def _values(entry: Mapping[str, Any]) -> Iterable[tuple[str, str, bool]]:
    """Yield each optional key with the expected value, and whether it has one."""
    revision, licence = entry.get("revision"), entry.get("licence")
    yield (
        "revision",
        "a commit of 40 hex digits, for weights on the Hub",
        isinstance(revision, str) and is_commit(revision) and entry["provider"] == HUB,
    )
    yield "size", "billions of parameters, above 0", _number(entry.get("size")) and entry["size"] > 0
    yield "licence", "a text", isinstance(licence, str) and bool(licence)
    yield "context", "a whole number of tokens", type(entry.get("context")) is int and entry["context"] > 0
    for key in ("medical", "reasoning"):
        yield key, "true or false", isinstance(entry.get(key), bool)
    for key in ("price_in", "price_out"):
        yield key, "US dollars for a million tokens, 0 or more", _number(entry.get(key)) and entry[key] >= 0
    yield "priced", "a date", type(entry.get("priced")) is date


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _check_once(values: Iterable[str], what: str) -> None:
    seen = set()
    for value in values:
        if value in seen:
            raise UserError(f"{what} {value!r} is there twice; expected once")
        seen.add(value)

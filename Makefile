# Every target sets itself up in .venv; `make demo` and `make test` are all a fresh machine needs.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --constraint requirements.lock

TINY := HF_HOME=build/hf-home $(BIN)/globmed hub run --root build/hub -- $(BIN)/python -m

.PHONY: demo train-tiny test lint lock clean

demo: .venv/pipeline
	$(BIN)/globmed build --sources builders --memory builders/sample/tmx --out build/demo
	$(BIN)/globmed release 0.1.0 --build build/demo --hub local --hub-root build/hub

# From the demo's published version to a trained model, loaded back.
train-tiny: .venv/train demo
	$(TINY) train_recipes.tiny --config train_recipes/recipes/tiny.yaml
	$(TINY) train_recipes.sft --config train_recipes/recipes/tiny.yaml
	$(TINY) train_recipes.load_back build/train/tiny

test: .venv/dev
	$(BIN)/pytest -n auto --dist worksteal

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# Every version of every package, for every platform; needs uv.
lock:
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --no-annotate --no-header \
		--upgrade --output-file requirements.lock

clean:
	rm -rf build dist .venv

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/pipeline: .venv/bin/python pyproject.toml requirements.lock
	$(PIP) --editable '.[pipeline]'
	touch $@

# torch comes first, on its own: whichever build of this version pip finds is kept.
.venv/train: .venv/pipeline
	$(PIP) "$$(grep '^torch==' requirements.lock)"
	$(PIP) --editable '.[pipeline,train]'
	touch $@

.venv/dev: .venv/bin/python pyproject.toml requirements.lock
	$(PIP) "$$(grep '^torch==' requirements.lock)"
	$(PIP) --editable '.[dev]'
	touch $@ .venv/pipeline .venv/train

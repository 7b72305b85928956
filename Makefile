# Every target sets itself up in .venv; `make demo` and `make test` are all a fresh machine needs.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --constraint requirements.lock

# More threads only wait for each other over a model this small.
TINY := OMP_NUM_THREADS=1 HF_HOME=build/hf-home
TINY_HUB := $(TINY) $(BIN)/globmed hub run --root build/hub --

.PHONY: demo train-tiny test test-processors browser lint docs site lock clean

demo: .venv/pipeline
	$(BIN)/globmed build --sources builders --memory builders/sample/tmx --out build/demo
	$(BIN)/globmed release 0.1.0 --build build/demo --hub local --hub-root build/hub

# From the demo's published version to a released model, evaluated, and loaded back by its tag.
train-tiny: .venv/bench demo
	$(TINY_HUB) $(BIN)/python -m train_recipes.tiny --config train_recipes/recipes/tiny.yaml
	$(TINY_HUB) $(BIN)/python -m train_recipes.sft --config train_recipes/recipes/tiny.yaml
	$(TINY_HUB) $(BIN)/globmed bench run build/train/tiny --version 0.1.0 --method likelihood \
		--tasks mcqa,yesno,nli --out build/bench
	$(TINY) $(BIN)/globmed release-model build/train/tiny 0.1.0 --repository globmed/tiny \
		--results build/bench/tiny --hub local --hub-root build/hub
	$(TINY_HUB) $(BIN)/python -m train_recipes.load_back globmed/tiny --revision v0.1.0

test: .venv/dev
	$(BIN)/pytest -n auto --dist worksteal

# The tests of models as other processors would run them: CTranslate2's kernels, its int8 (MKL's, as on Intel, or
# oneDNN's, as elsewhere), torch's kernels, the number of threads. Every setting once; for x86-64 with AVX2.
test-processors: .venv/dev
	for processor in \
		"CT2_FORCE_CPU_ISA=GENERIC CT2_USE_MKL=1 ATEN_CPU_CAPABILITY=default OMP_NUM_THREADS=1" \
		"CT2_FORCE_CPU_ISA=AVX CT2_USE_MKL=0 ATEN_CPU_CAPABILITY=avx2 OMP_NUM_THREADS=4" \
		"CT2_FORCE_CPU_ISA=AVX2 CT2_USE_MKL=0 ATEN_CPU_CAPABILITY=default OMP_NUM_THREADS=4" \
		"CT2_USE_MKL=1 ATEN_CPU_CAPABILITY=avx2 OMP_NUM_THREADS=1"; \
	do echo "$$processor"; env $$processor $(BIN)/pytest -q -n auto --dist worksteal -m model || exit 1; done

# Chromium for the tests of pages: Debian's where apt may install it, Playwright's own elsewhere.
browser: .venv/dev
	command -v chromium || { [ "$$(id -u)" = 0 ] && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends chromium; } || \
		$(BIN)/playwright install chromium

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# The reference of every command, from its help.
docs: .venv/dev
	$(BIN)/python -m globmed.cli.reference > docs/commands.md

# The documents as a site, build/site/index.html; a link that leads nowhere stops it.
site: docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

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

.venv/bench: .venv/train
	$(PIP) --editable '.[pipeline,train,bench]'
	touch $@

.venv/dev: .venv/bin/python pyproject.toml requirements.lock
	$(PIP) "$$(grep '^torch==' requirements.lock)"
	$(PIP) --editable '.[dev]'
	touch $@ .venv/pipeline .venv/train .venv/bench

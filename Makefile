# make chat   set everything up and start the web chat      make test   set everything up and pass the tests
# make eval   run the known answers                          make help   the rest
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 7860
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# NLTK, which llama-index reads its data with, refuses files that are hard links into a cache.
export UV_LINK_MODE := copy

.PHONY: chat test test-all eval bench check lock clean help

# The first index is built by a process of its own, whose memory goes when it ends; the page looks after later ones.
chat: $(VENV)/.runtime
	@test -d .jiwen/indexes || $(BIN)/python -m ingest
	@$(BIN)/python -m bot --port $(PORT)

test: $(VENV)/.dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
	@$(BIN)/python -m pytest -m "not slow"
	@$(BIN)/python -m eval --split test --ignore-timing

# With the tests that need PyTorch (a real, tiny local model) and those that are slow.
test-all: $(VENV)/.dev
	@$(BIN)/python -c 'import torch' 2>/dev/null || $(BIN)/pip install -q 'torch>=2.6,<3'
	@$(BIN)/python -m pytest
	@$(BIN)/python -m eval --split test --ignore-timing

eval: $(VENV)/.runtime
	@$(BIN)/python -m eval

# Beside what one would take instead. Two of those are in no lock of the product: they go into a folder of their own.
bench: $(VENV)/.runtime $(VENV)-bench/.installed
	@PYTHONPATH=$(VENV)-bench $(BIN)/python -m eval bench

$(VENV)-bench/.installed: eval/bench/requirements.lock | $(VENV)/.runtime
	@$(BIN)/pip install -q --require-hashes --no-deps --no-build-isolation --upgrade --target $(VENV)-bench -r $<
	@touch $@

check: $(VENV)/.dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

# The locks hold versions and hashes and no host: they work with whichever index pip or uv is set to.
lock: $(VENV)/.runtime
	$(BIN)/uv pip compile -q pyproject.toml --extra setup --universal --generate-hashes --no-annotate \
	  --custom-compile-command "make lock" -o requirements.lock
	$(BIN)/uv pip compile -q pyproject.toml --extra setup --extra dev --universal --generate-hashes --no-annotate \
	  --custom-compile-command "make lock" -o requirements-dev.lock

$(VENV)/.runtime: requirements.lock | $(VENV)/.venv
	@$(call install,requirements.lock)
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/.venv
	@$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/.runtime

$(VENV)/.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "需要 Python 3.11 或更高版本，当前为 " + sys.version.split()[0] + "。可用 make PYTHON=python3.11 指定。")'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# uv, itself from the lock, installs in seconds and compiles bytecode; pip does the same slowly where uv cannot.
define install
	echo "正在安装依赖（$(1)）……"; \
	sed -n '/^uv==/,/^[a-z]/p' $(1) | sed '$$d' > $(VENV)/uv.txt; \
	{ $(BIN)/pip install -q --require-hashes -r $(VENV)/uv.txt && \
	  $(BIN)/uv pip install -q --python $(BIN)/python --require-hashes --compile-bytecode -r $(1); } || \
	$(BIN)/pip install -q --require-hashes -r $(1)
endef

clean:
	rm -rf $(VENV) $(VENV)-bench .jiwen

help:
	@sed -n '1,2p' Makefile
	@echo "make test-all  包括较慢的测试    make bench  与现成做法比较    make check  只检查代码    make lock  更新依赖锁    make clean  删除环境与索引"

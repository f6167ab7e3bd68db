# zhaoren 找人. Needs only Python >= 3.11 and make; everything else goes into .venv from requirements.lock.
#   make demo            three invented nights, and the workbooks they give
#   make PYTHON=/path/to/python3.12 test     choose the interpreter
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?=
DIR ?= build/demo
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
ROOMS := flows intake matchers schemas policies ledger reports sample_data tests benchmarks

# Prefect: no telemetry (both switches are needed), and time to start on a slow disk (its own default is 20 s).
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
export PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS := 120
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The stamp's name holds a checksum of what was installed, where and with what: a virtual environment cannot be moved.
STAMP := $(VENV)/.installed-$(shell { cat requirements.lock pyproject.toml; pwd; echo "$(PYTHON)"; } | cksum | cut -d' ' -f1)

# Compiling all of .venv takes half a minute; compiling what is used, by importing it once, takes a few seconds.
WARM := import duckdb, hypothesis, openpyxl, pandera.pandas, prefect.server.api.server, pytest, python_calamine, \
    rapidfuzz, typer, xlsxwriter

.PHONY: help demo test test-browser test-cluster check packs bench bench-nights bench-linkage bench-evaluation bench-workbooks bench-console bench-ledger fuzz sweep oracle faults kills power lock clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1 - /p' $(firstword $(MAKEFILE_LIST)) | \
	    while IFS= read -r line; do printf '  make %-17s %s\n' "$${line%% - *}" "$${line#* - }"; done

demo: $(STAMP)  ## 演示：三晚虚构数据，生成台账与工作簿 | three invented nights, into build/demo (DIR=... to change)
	@if [ "$(DIR)" = build/demo ] && [ -f build/demo/zhaoren.toml ]; then rm -rf build/demo; fi
	$(VENV)/bin/zhaoren demo "$(DIR)"

# Where Python is told to keep nothing compiled, each of a hundred commands that tests start would compile the rooms anew.
test: $(STAMP)  ## 测试 | the tests, without those marked slow (ARGS='-m slow' for these)
	PYTHONDONTWRITEBYTECODE='' $(PY) -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m 'not slow and not browser' $(ARGS)

test-browser: $(STAMP)  ## 浏览器测试 | the console in a headless Chromium of this machine
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
	    echo '需要 Chromium：apt-get install chromium（Debian），再试 | needs a Chromium: apt-get install chromium (Debian), then again' >&2; exit 1; }
	$(PY) -m pytest -q -m browser tests/test_console_browser.py $(ARGS)

# A Spark cluster of two worker processes on this machine; needs Java 17. pyspark (491 MB) goes into .venv beside the rest.
test-cluster: $(STAMP)  ## 集群测试 | a night on Spark, byte by byte beside the local one (needs Java)
	@command -v java >/dev/null || { echo '没有找到 Java；集群测试需要 Java 17 或更高版本 | no Java found: make test-cluster needs 17 or newer' >&2; exit 1; }
	$(PY) -c 'import pyspark' 2>/dev/null || $(PY) -m pip install -q --no-deps --no-build-isolation --require-hashes -r requirements-cluster.lock
	$(PY) -m pytest -q tests/test_cluster.py $(ARGS)

check: $(STAMP)  ## 全部检查 | format, lint, types, imports, packs, tests
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) -m flows.packs.check
	PYTHONDONTWRITEBYTECODE='' $(PY) -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m 'not slow and not browser' $(ARGS)

packs: $(STAMP)  ## 政策包检查 | gaps, overlaps, unknown words and missing values in packs (ARGS='a/pack another')
	$(PY) -m flows.packs.check $(ARGS)

bench: $(STAMP)  ## 测速 | speed and memory beside the floor, in one run
	$(PY) -m benchmarks $(ARGS)

bench-nights: $(STAMP)  ## 一夜测速 | a night by step beside its floor, and by how much changed (ARGS='--people 1000000')
	$(PY) -m benchmarks.nights $(ARGS)

# One seed takes some minutes, with PEER=/path/to/python (an interpreter that has splink) a quarter of an hour.
bench-linkage: $(STAMP)  ## 比对测评 | how well and fast people are found, beside Splink with PEER=/path/to/its/python
	$(PY) -m benchmarks.linkage --people 1000000 --seeds 1 $(if $(PEER),--peer "$(PEER)") $(ARGS)

bench-evaluation: $(STAMP)  ## 判断测速 | a city of a million tested against all packs, beside bare DuckDB
	$(PY) -m benchmarks.evaluation $(ARGS)

bench-workbooks: $(STAMP)  ## 出表测速 | a hundred thousand entries to all workbooks, beside the bare library
	$(PY) -m benchmarks.workbooks $(ARGS)

bench-console: $(STAMP)  ## 核查台测速 | twenty people clicking in a city of a million after three years (ARGS='--people 100000')
	$(PY) -m benchmarks.console $(ARGS)

bench-ledger: $(STAMP)  ## 台账测速 | three years of nights asked, verified and made anew, beside bare reading (ARGS='--people 100000')
	$(PY) -m benchmarks.old_ledger $(ARGS)

fuzz: $(STAMP)  ## 乱改文件试读 | files hurt at random, read or refused (ARGS='--minutes 60')
	$(PY) -m benchmarks.fuzz_readers $(ARGS)

# Some hours on one core; ARGS='-k "[0]"' tries one day.
sweep: $(STAMP)  ## 大量随机试验 | a hundred thousand attacks, slips planted in the packs, doubtful rows, bounds from 2019 to 2045, pairs of file events, hostile strings
	$(PY) -m pytest -q -m slow tests/test_attack_sweep.py tests/test_mutants.py tests/test_doubtful_rows.py tests/test_boundary_grid.py \
	    tests/test_many_nights.py tests/test_hostile_files.py tests/test_hostile_cells.py tests/test_in_batches.py $(ARGS)

# Goes on where the last call stopped, as long as packs and oracle stay as they are.
oracle: $(STAMP)  ## 两套判断对照 | a million person-nights judged by SQL and by the naive oracle (ARGS='--minutes 30')
	$(PY) -m tests.oracle_nights $(ARGS)

LOCKING := -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url

# Keeps the pins that still fit; `make lock ARGS=--upgrade` takes the newest of what is not pinned in pyproject.toml.
# Written beside and renamed; refused when it names an index, a folder or an address (docs/decisions/0003).
lock: $(STAMP)  ## 重做依赖锁 | make requirements.lock and requirements-cluster.lock anew
	@mkdir -p build
	[ -x build/lock-venv/bin/uv ] || { $(PY) -m venv build/lock-venv && build/lock-venv/bin/python -m pip install -q uv; }
	cp requirements.lock requirements-cluster.lock build/
	build/lock-venv/bin/uv pip compile $(LOCKING) --extra dev $(ARGS) pyproject.toml -o build/requirements.lock
	build/lock-venv/bin/uv pip compile $(LOCKING) --extra cluster --constraint build/requirements.lock $(ARGS) pyproject.toml \
	    -o build/requirements-cluster.lock
	@if grep -nE '^-|://| @ ' build/requirements.lock build/requirements-cluster.lock; then \
	    echo 'the lines above name an index or an address; no lock file was changed' >&2; exit 1; fi
	mv build/requirements.lock build/requirements-cluster.lock .

faults: $(STAMP)  ## 断盘断电 | every disk call failing once and 2,000 kills, hours (ARGS='--every 20 --kills 50')
	$(PY) -m tests.fault_sweep $(ARGS)

# Adds up in build/kills/ over many sittings.
kills: $(STAMP)  ## 断电 | every state that a kill can leave, then random kills for a while (ARGS='--minutes 60 --encrypted')
	$(PY) -m tests.kill_states $(ARGS)

power: $(STAMP)  ## 断电丢写 | what a disk may hold after a power cut, 500 images of a night, each opened and verified
	$(PY) -m tests.power_loss $(ARGS)

clean:  ## 清理 | remove build/ (with the demo) and caches; .venv stays
	rm -rf build dist .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache *.egg-info
	find $(ROOMS) -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# The first interpreter that is new enough and can make a virtual environment; a name that only exists
# (a version manager's stand-in) fails the trial and is passed over.
$(STAMP):
	@set -e; \
	fits='import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))'; \
	chosen=''; \
	for candidate in $(if $(PYTHON),"$(PYTHON)",python3 python3.13 python3.12 python3.11); do \
	    if "$$candidate" -c "$$fits" >/dev/null 2>&1; then chosen=$$candidate; break; fi; \
	done; \
	if [ -z "$$chosen" ]; then \
	    found=$$($(if $(PYTHON),"$(PYTHON)",python3) -V 2>/dev/null || echo none); \
	    echo "需要 Python 3.11 或更高版本（含 venv 模块）；现有：$$found。装好后重试，或指定：make PYTHON=/路径/python3.12 …" >&2; \
	    echo "zhaoren needs Python 3.11 or newer with its venv module (on Debian: python3-venv); found: $$found." >&2; \
	    echo "Install it and try again, or name one: make PYTHON=/path/to/python3.12 ..." >&2; \
	    exit 1; \
	fi; \
	echo "正在准备 .venv，首次约需一至三分钟 | setting up .venv with $$chosen, one to three minutes the first time" >&2; \
	if [ -n "$(PYTHON)" ] || ! grep -qsF "$(CURDIR)/$(VENV)" $(VENV)/pyvenv.cfg || ! $(PY) -c "$$fits" 2>/dev/null; then \
	    rm -rf $(VENV); "$$chosen" -m venv $(VENV); \
	fi; \
	$(PY) -m pip install -q --no-compile --no-deps --require-hashes -r requirements.lock; \
	$(PY) -m pip install -q --no-deps --no-build-isolation -e .; \
	PYTHONDONTWRITEBYTECODE='' PREFECT_HOME="$(CURDIR)/$(VENV)/prefect" $(PY) -c '$(WARM)'; \
	rm -f $(VENV)/.installed-*; \
	touch $@

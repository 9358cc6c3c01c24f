# Every command of the project; `make` alone lists them.
#   PYTHON     the interpreter that makes .venv (3.11 to 3.13)         make setup PYTHON=python3.12
#   ARGS       arguments of run, lab, app or bench                    make run ARGS="q4"
#   TESTS, NOTEBOOKS    what `make test` runs                         make test TESTS=tests/data
#   BROWSER_TESTS       the tests in Chromium; empty for none         make test BROWSER_TESTS=
#   N, ONLY    how much of fuzz, mutants and flake                    make mutants N=50 ONLY=losses
#   JOBS, CELL_TIMEOUT  number of test processes; seconds that a cell may take under test
#   PROFILE    of Q6: quick, lesson (minutes) or full (an hour)       make run PROFILE=full
#   NNLIB_DATA (environment)  a folder to look in first for data files
PYTHON ?= python3
TESTS ?= tests
NOTEBOOKS ?= notebooks
BROWSER_TESTS ?= $(if $(filter tests,$(TESTS)),tests/browser)
JOBS ?= 2
# Of the tests some wait for time limits. JOBS may be a word, such as auto.
MORE_JOBS := $(or $(shell expr $(JOBS) + 1 2>/dev/null),$(JOBS))
CELL_TIMEOUT ?= 600
PROFILE ?= $(or $(NNLIB_PROFILE),quick)
export NNLIB_PROFILE := $(PROFILE)

# A relative folder starts here; the notebooks run one folder further down.
ifdef NNLIB_DATA
export NNLIB_DATA := $(shell cd "$$NNLIB_DATA" 2>/dev/null && pwd || printf '%s' "$$NNLIB_DATA")
endif

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
UNFINISHED := $(VENV)/.unfinished

# A user's pip settings apply, such as indexes, proxies and certificates, except those that would install elsewhere than
# in .venv, or not at all. A variable goes before pip.conf.
PIP_INSTALL := env -u PIP_PYTHON -u PIP_TARGET -u PIP_PREFIX -u PIP_ROOT \
  PIP_USER=0 PIP_NO_DEPS=0 PIP_DRY_RUN=0 PIP_REQUIRE_HASHES=0 PIP_REQUIRE_VIRTUALENV=0 \
  $(BIN)/python -m pip install --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help setup run test oldest test-oldest faults fuzz mutants flake lab app bench release grade grade-proof constraints \
  moved

help:
	@echo 'make setup        make .venv and install everything; does nothing if it is up to date'
	@echo 'make run          execute the notebooks, write build/, print the results table (ARGS="q4" for some of them);'
	@echo '                  build/html/index.html is the book of notebooks, documents and code, for reading without internet'
	@echo '                  PROFILE=lesson trains the two small networks of Q6, for minutes; PROFILE=full all of it, for'
	@echo '                  an hour; after Ctrl-C the same command goes on'
	@echo '                  ARGS="--help" for the other options, such as --build DIR, or --pages to build the book alone'
	@echo 'make test         run ruff, the tests, and every notebook, compared with its saved output'
	@echo 'make test-oldest  run the tests with the oldest versions that pyproject.toml admits, without Q6 and the browser'
	@echo 'make faults       plant each fault of tests/reliability/faults alone, and see that its test fails'
	@echo '                  ARGS="--only words", ARGS=--fast for those that run no whole notebook, ARGS="--every 3"'
	@echo 'make fuzz         feed every reader of files with a million damaged ones; N=10000 for fewer. This and the next two'
	@echo '                  write their figures into docs/reliability.md'
	@echo 'make mutants      change nnlib in N=300 spots, one at a time, and see whether a test fails; N=0 for all of them;'
	@echo '                  ONLY=losses for one module; ARGS=--again tests what the last run has not killed'
	@echo 'make flake        run tests and notebooks N=10 times, under other conditions each time; TESTS, NOTEBOOKS for some'
	@echo 'make lab          open JupyterLab on the notebooks'
	@echo 'make app          serve the explorers as pages without code, for a lecture hall'
	@echo 'make bench        time train steps in NumPy and in PyTorch, write build/bench/; needs an idle machine'
	@echo '                  ARGS="--baseline REV" compares with git revision REV and fails if speed is lost;'
	@echo '                  ARGS="--layers plain" compares plain layers with fast ones'
	@echo 'make release      cut the student copy, build/student/ and build/hw1-student.zip; fails if a solution is left in it'
	@echo '                  then pack build/autograder.zip for Gradescope'
	@echo 'make grade        grade a submission: SUBMISSION=FILE; make grade-proof measures how often the grader is wrong'
	@echo 'make constraints  resolve constraints.txt again from pyproject.toml, at the newest versions'

# The stamp holds the folder that was installed: after a move or a copy the editable install points elsewhere, and after
# an upgrade of Python the environment may not start. Either way the stamp does not count.
ifneq ($(shell $(BIN)/python -c '' 2>/dev/null && cat $(STAMP) 2>/dev/null),$(CURDIR))
$(STAMP): moved
endif

setup: $(STAMP)
	@echo "Ready: $(VENV), $$($(BIN)/python --version). Next: make run, make test or make lab."

# An interruption may leave a package half-installed, which pip takes for installed; $(UNFINISHED) shows it, and the next
# set-up starts from scratch. The stamp comes last and by a rename, so it never exists without a complete environment.
$(STAMP): pyproject.toml constraints.txt
	@if [ -e $(UNFINISHED) ]; then echo "The last set-up did not finish: starting from scratch."; rm -rf $(VENV); fi
	@$(BIN)/python -c '' 2>/dev/null || rm -rf $(VENV)
	@[ -d $(VENV) ] || $(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null || { \
	  echo "nnlib needs Python 3.11, 3.12 or 3.13; '$(PYTHON)' is: $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name one that you have, for example: make setup PYTHON=python3.12" >&2; exit 1; }
	@mkdir -p $(VENV) && rm -f $(STAMP) && touch $(UNFINISHED)
	@[ -x $(BIN)/python ] || { echo "Making $(VENV) with $$($(PYTHON) --version)."; $(PYTHON) -m venv $(VENV); }
	@echo "Installing nnlib and what its notebooks and tests need; on Linux that takes 6 GB of disk, nearly all of it PyTorch's."
	$(PIP_INSTALL) -c constraints.txt -e '.[vgg,dev]'
	@echo '$(CURDIR)' > $(STAMP).new && rm $(UNFINISHED) && mv $(STAMP).new $(STAMP)

run: setup
	@$(BIN)/python -m tools.run_notebooks $(ARGS)

# Every stage runs, even after a failure; the last lines are pytest's own unless a stage failed. The browser comes last:
# its tests say at the end if they were left out.
test: setup
	@failed=; \
	stage() { name=$$1; shift; printf '\n== %s\n' "$$name"; "$$@" || failed="$$failed [$$name]"; }; \
	stage 'ruff check' $(BIN)/python -m ruff check; \
	stage 'ruff format' $(BIN)/python -m ruff format --check; \
	stage 'pytest' $(BIN)/python -m pytest -n $(MORE_JOBS) --dist loadgroup --ignore=tests/browser $(TESTS); \
	stage 'nbval' $(BIN)/python -m pytest -n $(JOBS) --dist loadfile \
	  --nbval --nbval-current-env --nbval-cell-timeout=$(CELL_TIMEOUT) $(NOTEBOOKS); \
	[ -z '$(BROWSER_TESTS)' ] || stage 'browser' $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup $(BROWSER_TESTS); \
	[ -z "$$failed" ] || { printf '\nmake test: failed:%s\n' "$$failed" >&2; exit 1; }

# Every dependency that pyproject.toml names at the oldest version that it admits. PyTorch alone is .venv's: its floor is
# nearly the newest version, and it takes 6 GB. The packages under the old ones are new, and warn of what these still use.
OLDEST := .venv-oldest
oldest: $(OLDEST)/.installed
$(OLDEST)/.installed: pyproject.toml | setup
	@$(PIP_INSTALL) --quiet --upgrade --target build/uv uv
	build/uv/bin/uv venv --quiet --clear --python $(BIN)/python $(OLDEST)
	build/uv/bin/uv pip install --quiet --no-config --python $(OLDEST)/bin/python --resolution lowest-direct -e '.[dev]'
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > $$(echo $(OLDEST)/lib/python*/site-packages)/torch.pth
	@ln -sf '$(CURDIR)/$(BIN)/torchrun' $(OLDEST)/bin/
	@touch $@

test-oldest: oldest
	PYTEST_ADDOPTS='-W ignore::DeprecationWarning' $(OLDEST)/bin/python -m pytest -n $(JOBS) --dist loadgroup \
	  --ignore=tests/browser --ignore=tests/vgg $(TESTS)

faults: setup
	@PYTHONPATH=tests $(BIN)/python -m reliability.faults $(ARGS)

# What these prove is in docs/reliability.md.
fuzz: setup
	@$(BIN)/python tests/reliability/fuzz.py $(if $(N),-n $(N)) $(ARGS)

mutants: setup
	@$(BIN)/python tests/reliability/mutants.py $(if $(N),-n $(N)) $(if $(ONLY),--only $(ONLY)) $(ARGS)

flake: setup
	@$(BIN)/python tests/reliability/flake.py $(if $(N),-n $(N)) --tests '$(TESTS)' --notebooks '$(NOTEBOOKS)' --jobs $(JOBS)

lab: setup
	@$(BIN)/python -m jupyterlab --ServerApp.root_dir=notebooks $(ARGS)

app: setup
	@$(BIN)/python -m tools.app $(ARGS)

bench: setup
	@$(BIN)/python -m tools.bench $(ARGS)

release: setup
	@$(BIN)/python -m course.release $(ARGS)
	@$(BIN)/python -m course.autograder $(ARGS)

grade: setup
	@[ -n '$(SUBMISSION)' ] || { echo 'SUBMISSION: expected a folder or a zip: make grade SUBMISSION=hw1.zip' >&2; exit 2; }
	@$(BIN)/python -m course.grade '$(SUBMISSION)' $(ARGS)

grade-proof: setup
	@$(BIN)/python -m course.proof $(ARGS)

# uv resolves for all Pythons and systems at once, which pip cannot. It ignores pip's settings.
constraints: setup
	@$(PIP_INSTALL) --quiet --upgrade --target build/uv uv
	build/uv/bin/uv pip compile --no-config --universal --python-version 3.11 --fork-strategy fewest --upgrade \
	  --no-annotate --custom-compile-command 'make constraints' --extra vgg --extra dev \
	  pyproject.toml --output-file constraints.txt

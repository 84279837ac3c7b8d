# Everything that a person or a machine runs here. `make` alone lists it.

PYTHON ?= $(shell for p in python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
UV ?= uv

VENV := .venv
BIN := $(VENV)/bin
# The folder is part of the stamp's name: a virtual environment does not survive a move.
STAMP := $(VENV)/installed-$(firstword $(shell printf '%s' '$(CURDIR)' | cksum))
PROJECT := $(STAMP)-project
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input

export DAGSTER_DISABLE_TELEMETRY := 1

.DEFAULT_GOAL := help
.PHONY: help run serve test coverage test-slow lint format dev captures bench bench-full lock setup clean
.SUFFIXES:

help: ## cette liste
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: $(PROJECT) ## installe ce qui manque, puis fabrique la publication dans outputs/
	@$(BIN)/contrats-destination build $(ARGS)

serve: $(PROJECT) ## sert le site de téléchargement sur cette machine (PORT=8000)
	@$(BIN)/contrats-destination serve $(if $(PORT),--port $(PORT)) $(ARGS)

PYTEST := .ci/en-memoire $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

test: lint ## vérifie : style, types, tests (de quatre à douze minutes, selon la machine)
	@$(PYTEST) $(ARGS)

coverage: $(PROJECT) ## les mêmes tests, et la part du code qu’ils parcourent (90 % au moins)
	@$(PYTEST) --cov --cov-report=term $(ARGS)

test-slow: $(PROJECT) ## les vérifications longues : fichiers abîmés, publications tuées, programmes tiers (une demi-heure, davantage sur une machine lente)
	@.ci/en-memoire $(BIN)/python -m pytest -n 3 --dist loadfile -m slow --durations=8 $(ARGS)  # three: much of it is waiting

lint: $(PROJECT) ## style et types seulement
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(PROJECT) ## met le code en forme
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

dev: $(PROJECT) ## ouvre l’interface de Dagster (PORT=3000)
	@mkdir -p .dagster && cp pipelines/orchestration/dagster.yaml .dagster/dagster.yaml
	@echo "Interface de Dagster : http://127.0.0.1:$(or $(PORT),3000) (Ctrl-C pour arrêter)"
	@DAGSTER_HOME='$(CURDIR)/.dagster' PYTHONWARNINGS='ignore:Function `dev_command` is superseded' \
		$(BIN)/dagster dev -w workspace.yaml -h 127.0.0.1 -p $(or $(PORT),3000)

captures: $(PROJECT) ## refait les images de docs/interface.md (demande Chromium)
	@$(BIN)/python -m tests.captures

bench: $(PROJECT) ## mesure le programme contre ses références, en un quart d’heure au plus (ONLY=a,b : ces rangs seulement)
	@$(BIN)/python -m benchmarks run $(if $(ONLY),--only $(ONLY)) $(ARGS)

bench-full: $(PROJECT) ## les mêmes mesures aux plus grandes tailles : un million d’actions, 10 000 classeurs (des heures ; chaque rang a sa page)
	@$(BIN)/python -m benchmarks run --full $(if $(ONLY),--only $(ONLY)) $(ARGS)

lock: ## refait requirements.lock d’après pyproject.toml (demande uv)
	@command -v $(UV) >/dev/null || { echo "uv manque : installez-le, ou indiquez où il est (make lock UV=…)." >&2; exit 3; }
	@$(UV) pip compile -q pyproject.toml --extra dev --extra s3 --extra distribue -o requirements.lock --python-version 3.11 --universal \
		--generate-hashes --no-strip-extras --no-annotate --no-header $(ARGS)

setup: $(PROJECT) ## installe aussi les vérifications d’avant commit, et git diff des classeurs
	@$(BIN)/pre-commit install
	@git config diff.classeur.textconv '$(BIN)/contrats-destination text --revue'
	@git config diff.classeur.cachetextconv true
	@git config diff.classeur.xfuncname '^(\[.*)$$'
	@git update-ref -d refs/notes/textconv/classeur

clean: ## retire l’environnement et les caches, jamais outputs/ ni l’historique .dagster/
	@git config --remove-section diff.classeur 2>/dev/null || true  # or git diff would call what is gone
	@rm -rf $(VENV) .venv-outils .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An interpreter that no longer answers makes the environment again, whatever the stamp says.
ifneq ($(shell $(BIN)/python -c 'print(1)' 2>/dev/null),1)
.PHONY: $(STAMP)
endif

# Made anew from the lock, so that nothing that the lock does not name is left in it; the stamp comes last.
$(STAMP): requirements.lock
	@$(if $(PYTHON),:,echo "Python 3.11 ou plus récent est introuvable. Installez-le (Debian, Ubuntu : apt install python3 python3-venv), ou indiquez où il est : make run PYTHON=/chemin/vers/python3." >&2; exit 3)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "$(PYTHON) n’est pas un Python 3.11 ou plus récent. Indiquez-en un autre : make run PYTHON=/chemin/vers/python3." >&2; exit 3; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Le module venv de Python manque. Installez-le (Debian, Ubuntu : apt install python3-venv), puis recommencez." >&2; exit 3; }
	@echo "Installation de l’environnement dans $(VENV)/ (deux minutes environ, une seule fois)…"
	@$(PYTHON) -m venv --clear $(VENV) || \
		{ echo "L’environnement $(VENV)/ n’a pas pu être créé : vérifiez la place libre et les droits sur ce dossier." >&2; exit 3; }
	@$(PIP) --require-hashes -r requirements.lock || \
		{ echo "L’installation a échoué : vérifiez le réseau et la place libre, puis recommencez." >&2; exit 3; }
	@touch $@

$(PROJECT): $(STAMP) pyproject.toml
	@$(PIP) --no-deps --no-build-isolation -e . || \
		{ echo "Le projet n’a pas pu être installé dans $(VENV)/ : essayez make clean, puis recommencez." >&2; exit 3; }
	@touch $@

# Retención. `make help` lists the targets; `make run` and `make test` need no step before them.
PYTHON ?= python3
ifdef VIRTUAL_ENV
  ENV := $(VIRTUAL_ENV)
else
  ENV := .venv
endif
PY := $(ENV)/bin/python
STAMP := $(ENV)/.retencion-$(shell cksum requirements.lock pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)
RETENCION := $(PY) -m retencion_lib

# Whatever is given on the command line in capitals is a parameter: DATA=… becomes --data '…'. The
# stage knows its own parameters and refuses the others, so there is no list of them here.
lower = $(shell echo '$(1)' | tr 'A-Z' 'a-z')
quoted = '$(subst ','\'',$(1))'
GIVEN := $(foreach name,$(filter-out PYTHON VIRTUAL_ENV,$(.VARIABLES)),$(if \
           $(filter command,$(origin $(name))),$(name)))
OPTIONS := $(foreach name,$(GIVEN),--$(call lower,$(name)) $(call quoted,$($(name))))
DEMO := $(or $(RETENCION_HOME),.)/data/raw/retencion.csv

.DEFAULT_GOAL := help
.PHONY: help setup data run panel snapshots eda train evaluate infer monitor notebooks lab verify year figures \
        lint test

help:  ## esta ayuda
	@echo 'Uso: make OBJETIVO [PARÁMETRO=valor …]   p. ej. make infer INPUT=data/new_batch.csv'
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-10s %s\n", $$1, $$2}'

setup: $(STAMP)  ## crea el entorno (una sola vez)

$(STAMP): requirements.lock pyproject.toml
	@test -x $(PY) || $(PYTHON) -m venv $(ENV)
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Hace falta Python 3.11 o posterior: make PYTHON=python3.11 setup' >&2; exit 2; }
	@# The lock is complete: without --no-deps an older pip looks for extras in newer releases.
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
	  -r requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@rm -f $(ENV)/.retencion-*; touch $@

data: setup  ## datos de ejemplo: data/raw/retencion.csv y los lotes nuevos
	@$(RETENCION) data

$(DEMO): | $(STAMP)
	@$(RETENCION) data

run: setup $(if $(DATA),,$(DEMO))  ## los cinco cuadernos, en orden, con sus informes
	@$(RETENCION) run $(OPTIONS)

snapshots eda train evaluate infer monitor: setup
	@$(RETENCION) $@ $(OPTIONS)
snapshots: ## 00 ¿quién seguía, y quién se fue, en cada fecha? (con un registro de eventos)
eda:       ## 01 ¿podemos fiarnos de los datos?
train:     ## 02 ¿qué modelo ordena mejor el riesgo?
evaluate:  ## 03 ¿qué modelo se usa, y cuánto acierta?
infer:     ## 04 ¿quién está en riesgo en este lote?
monitor:   ## 05 ¿siguen siendo válidas las puntuaciones?

panel: setup  ## un año de compras de verdad, y su panel, en panel/
	@RETENCION_HOME=$(or $(RETENCION_HOME),panel) $(PY) -m benchmarks.panels run completejourney

notebooks: setup  ## ejecuta los cuadernos y guarda sus salidas en notebooks/
	@$(PY) -m tests.refresh_notebooks

lab: setup  ## abre JupyterLab en notebooks/
	@$(ENV)/bin/jupyter lab --notebook-dir=.

verify: setup  ## comprueba los informes contra el registro
	@$(RETENCION) verify $(OPTIONS)

year: setup  ## el año simulado, sin cuadernos (benchmarks/year.py)
	@$(PY) -m benchmarks.year --seeds 20

figures: setup  ## pone en el README lo medido en benchmarks/results
	@$(PY) -m benchmarks.readme

lint: setup  ## estilo del código y de los cuadernos
	@$(ENV)/bin/ruff check . && $(ENV)/bin/ruff format --check .

test: lint  ## toda la comprobación, cuadernos incluidos
	@$(PY) -m pytest
	@$(PY) -m pytest --nbval -p no:cacheprovider notebooks

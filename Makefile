# Retención. `make help` lists the targets; `make run` and `make test` need no step before them.
PYTHON ?= python3

# Whatever is given on the command line in capitals is a parameter: DATA=… becomes --data '…'. The
# stage knows its own parameters and refuses the others, so there is no list of them here. A value
# is text: `value` takes it as it was typed, and `unexport` keeps make from expanding it on its way
# to a command, so that '$(shell …)' in a file's name never runs.
GIVEN := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
unexport $(GIVEN)
lower = $(shell echo '$(1)' | tr 'A-Z' 'a-z')
quoted = '$(subst ','\'',$(1))'
OPTIONS := $(foreach name,$(filter-out PYTHON ENV,$(GIVEN)),--$(call lower,$(name)) \
             $(call quoted,$(value $(name))))

# `.venv`, or the active environment where it is meant for this project; `make ENV=…` says another.
ENV := $(shell sh .ci/environment)
IN_ENV := $(call quoted,$(value ENV))
PY := $(IN_ENV)/bin/python
RETENCION := $(PY) -m retencion_lib
TOGETHER := -n logical --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help setup tools data run panel snapshots eda train evaluate infer monitor notebooks lab verify \
        year figures lint test quick

help:  ## esta ayuda
	@echo 'Uso: make OBJETIVO [PARÁMETRO=valor …]   p. ej. make infer INPUT=data/new_batch.csv'
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-10s %s\n", $$1, $$2}'

setup:  ## crea el entorno (una sola vez)
	@sh .ci/environment install $(IN_ENV) $(call quoted,$(value PYTHON))

tools:  ## lo mismo, con lo que piden pruebas, comparativas y DuckDB
	@sh .ci/environment install $(IN_ENV) $(call quoted,$(value PYTHON)) dev

data: setup  ## datos de ejemplo: data/raw/retencion.csv y los lotes nuevos
	@$(RETENCION) data

run: setup  ## los cinco cuadernos, en orden, con sus informes
	@$(if $(value DATA),,test -e "$${RETENCION_HOME:-.}/data/raw/retencion.csv" || $(RETENCION) data)
	@$(RETENCION) run $(OPTIONS)

snapshots: tools
eda train evaluate infer monitor: setup
snapshots eda train evaluate infer monitor:
	@$(RETENCION) $@ $(OPTIONS)
snapshots: ## 00 ¿quién seguía, y quién se fue, en cada fecha? (con un registro de eventos)
eda:       ## 01 ¿podemos fiarnos de los datos?
train:     ## 02 ¿qué modelo ordena mejor el riesgo?
evaluate:  ## 03 ¿qué modelo se usa, y cuánto acierta?
infer:     ## 04 ¿quién está en riesgo en este lote?
monitor:   ## 05 ¿siguen siendo válidas las puntuaciones?

panel: tools  ## un año de compras de verdad, de los eventos a la vigilancia, en panel/
	@RETENCION_HOME=$(or $(RETENCION_HOME),panel) $(PY) -m benchmarks.panels run completejourney
	@RETENCION_HOME=$(or $(RETENCION_HOME),panel) $(RETENCION) run --data data/snapshots.parquet \
	  --id-col household_id --target baja --snapshot-col snapshot --horizon 28d \
	  --input data/snapshots.parquet

notebooks: tools  ## ejecuta los cuadernos y guarda sus salidas en notebooks/
	@$(PY) -m tests.refresh_notebooks

lab: setup  ## abre JupyterLab en notebooks/
	@$(PY) -m jupyterlab --notebook-dir=.

verify: setup  ## comprueba los informes contra el registro
	@$(RETENCION) verify $(OPTIONS)

year: tools  ## el año simulado, sin cuadernos (benchmarks/year.py)
	@$(PY) -m benchmarks.year --seeds 20

figures: tools  ## pone en el README lo medido en benchmarks/results
	@$(PY) -m benchmarks.readme

lint: tools  ## estilo del código y de los cuadernos
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .

test: lint  ## toda la comprobación, cuadernos incluidos
	@$(PY) -m pytest $(TOGETHER)
	@$(PY) -m pytest --nbval -p no:cacheprovider notebooks

quick: lint  ## la parte rápida de la comprobación, y los cuadernos
	@$(PY) -m pytest -m 'not slow' $(TOGETHER)
	@$(PY) -m pytest --nbval -p no:cacheprovider notebooks

# Everything is done by the Python package in dev/, see `make help`.
PYTHON ?= python3
DEV = $(PYTHON) -m dev
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup run test test-odoo lint format i18n wheel bench psql shell stop clean

help:
	@echo "make run        set everything up, start Odoo with the addon and demo data, print address and login"
	@echo "make test       everything CI runs: lint, wheel, install, all tests    (ARGS='-k gate' hands on to pytest)"
	@echo "make test-odoo  Odoo's own CRM suites with and without the addon; fails on a difference (long)"
	@echo "make lint       all style and safety checks                            (ARGS='ruff prettier' for some)"
	@echo "make format     apply ruff's and prettier's formatting                (ARGS='a/path' for some files)"
	@echo "make i18n       renew the catalogues to translate, list what is missing (ARGS='an_addon' for others than the main one)"
	@echo "make wheel      build the addons' wheels into .dev/dist"
	@echo "make bench      speed beside plain Odoo                                (ARGS hands on to bench/run.py)"
	@echo "make shell      Odoo's Python shell on the database of make run"
	@echo "make psql       psql on the database of make run                       (ARGS='-l')"
	@echo "make stop       stop PostgreSQL if a killed command left it running"
	@echo "make clean      stop PostgreSQL and remove all state (.dev), databases too"
	@echo
	@echo "Environment variables:"
	@echo "  ODOO_PATH      an Odoo 19 checkout or install to use; default: Debian's package, unpacked in .dev"
	@echo "  PG_BIN         the folder of PostgreSQL's programs; default: the embedded ones"
	@echo "  DEV_CACHE      folder for downloads that several working copies share; default: .dev/cache"
	@echo "  DEV_HTTP_PORT  the port of make run; default: 8069"
	@echo "  DEV_PG_PORT    names the PostgreSQL socket; default: 5546"
	@echo "  PYTHON         the Python to set up with; default: python3"

setup run test test-odoo lint format i18n wheel bench psql shell stop:
	@$(DEV) $@ $(ARGS)

clean:
	@if [ -d .dev ]; then $(DEV) stop; rm -rf .dev; fi

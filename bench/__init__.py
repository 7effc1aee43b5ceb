"""Benchmarks: the addon beside plain Odoo."""

import odoo.cli  # Odoo is a namespace: this fills it

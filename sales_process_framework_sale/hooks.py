"""Leaving a database in use."""

from odoo.tools import SQL


def uninstall_hook(env):
    """Values and goals of the indicators that go with the addon go first."""
    own = env["ir.model.data"].search(
        [("module", "=", "sales_process_framework_sale"), ("model", "=", "sales.process.kpi")]
    )
    for table in ("sales_process_target", "sales_process_kpi_value"):
        env.cr.execute(SQL("DELETE FROM %s WHERE kpi_id = ANY(%s)", SQL.identifier(table), own.mapped("res_id")))

"""Installing on a database in use, and leaving it again."""

from odoo.tools import SQL


def post_init_hook(env):
    """History is there from day one: rebuild it from CRM's own stage tracking."""
    env["sales.process.visit"]._rebuild()


def uninstall_hook(env):
    """Files handed in stay with their lead; pipeline stages stay as they are."""
    env.cr.execute(
        SQL(
            """
            UPDATE ir_attachment AS file
               SET res_model = 'crm.lead', res_id = document.lead_id
              FROM sales_process_deliverable_attachment_rel AS link
              JOIN sales_process_deliverable AS document ON document.id = link.deliverable_id
             WHERE link.attachment_id = file.id
            """
        )
    )
    # Records that the addon brought go before those of users that stand on them.
    for table in ("alert", "alert_rule", "target", "kpi_value"):
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(f"sales_process_{table}")))
    env.cr.execute(SQL("UPDATE sales_process_resource SET category_id = NULL"))
    env.cr.execute(SQL("UPDATE sales_process_touchpoint SET channel_id = NULL"))
    env["ir.config_parameter"].sudo().search([("key", "=like", "sales_process_framework.%")]).unlink()

"""Installing on a database in use, and leaving it again."""

from odoo.tools import SQL
from odoo.tools.sql import fix_foreign_key


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
    _let_rows_follow_what_they_stand_on(env)
    env["ir.config_parameter"].sudo().search([("key", "=like", "sales_process_framework.%")]).unlink()


def _let_rows_follow_what_they_stand_on(env):
    """Records that the addon brought go before those that users made with them, and must not be held by these."""
    for model in env.values():
        if not model._name.startswith("sales.process") or model._abstract or not model._auto:
            continue
        for field in model._fields.values():
            if field.type == "many2one" and field.store and field.ondelete == "restrict":
                comodel = env[field.comodel_name]
                fix_foreign_key(env.cr, model._table, field.name, comodel._table, "id", "cascade")

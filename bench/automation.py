"""What one would do without the addon: a gate like it as four automation rules (module base_automation)."""

from odoo import Command

from . import dataset

RULES = {
    "fields": "if not lead.partner_id or not lead.email_from or not lead.phone: refuse(lead)",
    "condition": "if lead.expected_revenue <= 0 or not lead.partner_id.email: refuse(lead)",
    "activities": """
    done = env['mail.activity'].sudo().with_context(active_test=False).search_count([
        ('res_model', '=', 'crm.lead'), ('res_id', '=', lead.id), ('active', '=', False),
        ('activity_type_id', '=', %(activity_type)s)])
    if not done: refuse(lead)""",
    "document": """
    files = env['ir.attachment'].sudo()
    if not files.search_count([('res_model', '=', 'crm.lead'), ('res_id', '=', lead.id)], limit=1):
        refuse(lead)""",
}
CODE = """
def refuse(lead):
    raise UserError('%%s cannot move yet' %% lead.name)

for lead in records:
    %s
"""


def follow(env):
    """Four rules that judge every stage change of a loaded database."""
    lead_model = env["ir.model"]._get("crm.lead")
    activity_type = dataset.get_activity_types(env)[1].id
    for name, code in RULES.items():
        env["base.automation"].create(
            {
                "name": f"Gate: {name}",
                "model_id": lead_model.id,
                "trigger": "on_write",
                "trigger_field_ids": [Command.set(env["ir.model.fields"]._get("crm.lead", "stage_id").ids)],
                "filter_domain": "[('type', '=', 'opportunity')]",
                "action_server_ids": [
                    Command.create(
                        {
                            "name": f"Gate: {name}",
                            "model_id": lead_model.id,
                            "state": "code",
                            "usage": "base_automation",
                            "code": CODE % (code.replace("%(activity_type)s", str(activity_type))),
                        }
                    )
                ],
            }
        )

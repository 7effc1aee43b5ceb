from odoo import fields, models


class SalesProcessAlertPreviewLine(models.TransientModel):
    _name = "sales.process.alert.preview.line"
    _description = "Line of an Alert Preview"
    _order = "user_id, id"

    preview_id = fields.Many2one("sales.process.alert.preview", required=True, index=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", string="Who", readonly=True)
    about = fields.Char(readonly=True)
    lead_id = fields.Many2one("crm.lead", readonly=True)
    facts_text = fields.Char(string="Facts", readonly=True)
    due = fields.Datetime(string="Due Since", readonly=True)
    send_after = fields.Datetime(string="Told At", readonly=True)

from odoo import api, fields, models

SOURCES = [
    ("email_in", "Message from the customer"),
    ("email_out", "Message to the customer"),
    ("call", "Call"),
    ("activity", "Activity"),
    ("meeting", "Meeting"),
    ("web_form", "Website form"),
    ("livechat", "Live chat"),
    ("note", "Note of a contact"),
    ("manual", "Recorded by hand"),
]
DIRECTIONS = [("in", "From the customer"), ("out", "To the customer"), ("internal", "Inside the company")]


class SalesProcessTouch(models.Model):
    """One contact between a customer and us. Written by the recorder alone, never edited."""

    _name = "sales.process.touch"
    _description = "Customer Touch"
    _inherit = ["sales.process.touch.recorder", "sales.process.touch.rebuild", "sales.process.journey.texts"]
    _order = "date desc, id desc"
    _rec_name = "summary"
    _log_access = False

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True, ondelete="set null")
    touchpoint_id = fields.Many2one(
        "sales.process.touchpoint", readonly=True, index="btree_not_null", ondelete="set null"
    )
    phase_id = fields.Many2one("sales.process.journey.phase", readonly=True, ondelete="set null")
    date = fields.Datetime(required=True, readonly=True, help="Of a meeting: when it takes place.")
    source = fields.Selection(SOURCES, required=True, readonly=True)
    direction = fields.Selection(DIRECTIONS, required=True, readonly=True)
    human = fields.Boolean(
        string="By a Person", readonly=True, default=True, help="Automatic answers and mailings are not."
    )
    user_id = fields.Many2one("res.users", string="By", readonly=True, ondelete="set null")
    message_id = fields.Many2one("mail.message", readonly=True, ondelete="set null")
    event_id = fields.Many2one("calendar.event", string="Meeting", readonly=True, ondelete="cascade")
    activity_key = fields.Char(readonly=True, help="What it was recorded from, so that it is recorded once.")
    summary = fields.Char(readonly=True)

    _message_idx = models.UniqueIndex("(message_id) WHERE message_id IS NOT NULL", "A message is one touch.")
    _event_idx = models.UniqueIndex("(event_id) WHERE event_id IS NOT NULL", "A meeting is one touch.")
    _activity_key_idx = models.UniqueIndex("(activity_key) WHERE activity_key IS NOT NULL", "It is recorded already.")
    _lead_date_idx = models.Index("(lead_id, date)")
    _visit_date_idx = models.Index("(date) WHERE source IN ('meeting', 'manual', 'note')")
    _date_idx = models.Index("(date)")
    _partner_date_idx = models.Index("(partner_id, date) WHERE partner_id IS NOT NULL")

    @api.depends("summary", "source", "touchpoint_id")
    def _compute_display_name(self):
        labels = dict(self._fields["source"]._description_selection(self.env))
        for touch in self:
            touch.display_name = touch.summary or touch.touchpoint_id.name or labels.get(touch.source, "")

    def action_open_lead(self):
        self.ensure_one()
        return self.lead_id.get_formview_action()

from odoo import fields, models

from .pilot_labels import ARMS


class SalesProcessPilotAssignment(models.Model):
    """The arm of one lead. Written once by the pilot, never changed."""

    _name = "sales.process.pilot.assignment"
    _description = "Lead in a Pilot"
    _order = "date desc, id desc"
    _rec_name = "lead_id"
    _log_access = False

    pilot_id = fields.Many2one("sales.process.pilot", required=True, readonly=True, ondelete="cascade")
    lead_id = fields.Many2one("crm.lead", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True)
    arm = fields.Selection(ARMS, required=True, readonly=True)
    stratum = fields.Char(readonly=True, help="Within it the arms are kept in balance.")
    cluster = fields.Char(readonly=True, help="What was drawn as a whole: the salesperson or the team.")
    date = fields.Datetime(required=True, readonly=True)
    is_running = fields.Boolean(readonly=True, default=True)

    _running_idx = models.UniqueIndex("(lead_id) WHERE is_running", "A lead takes part in one running pilot at most.")
    _pilot_lead_idx = models.UniqueIndex("(lead_id, pilot_id)", "A lead has one arm in a pilot.")
    _stratum_idx = models.Index("(pilot_id, stratum, arm)")

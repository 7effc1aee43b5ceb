from odoo import fields, models

from .pilot_labels import DECISIONS, VERDICTS


class SalesProcessPilotDecision(models.Model):
    """What was decided on a pilot, why, and what was known then. Never changed."""

    _name = "sales.process.pilot.decision"
    _description = "Decision on a Pilot"
    _order = "date desc, id desc"
    _rec_name = "pilot_id"
    _log_access = False

    pilot_id = fields.Many2one("sales.process.pilot", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True)
    decision = fields.Selection(DECISIONS, required=True, readonly=True)
    reason = fields.Text(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    verdict = fields.Selection(VERDICTS, readonly=True)
    analysis = fields.Json(readonly=True)

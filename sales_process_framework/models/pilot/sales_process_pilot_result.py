from odoo import fields, models

from .pilot_labels import ARMS


class SalesProcessPilotResult(models.Model):
    """Figures of one arm on one day."""

    _name = "sales.process.pilot.result"
    _description = "Daily Figure of a Pilot"
    _order = "date desc, metric, kpi_id, stage_id, arm, id"
    _rec_name = "pilot_id"
    _log_access = False

    pilot_id = fields.Many2one("sales.process.pilot", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date(required=True, readonly=True)
    arm = fields.Selection(ARMS, required=True, readonly=True)
    metric = fields.Selection(
        [
            ("leads", "Leads taking part"),
            ("kpi", "Indicator"),
            ("stage_time", "Time in stage (median days)"),
            ("stage_pass", "Gate passed at the first attempt (%)"),
            ("conversion", "Went on from the stage (%)"),
            ("feedback", "Feedback given"),
        ],
        required=True,
        readonly=True,
    )
    kpi_id = fields.Many2one("sales.process.kpi", string="Indicator", readonly=True, ondelete="cascade")
    stage_id = fields.Many2one("crm.stage", readonly=True, ondelete="cascade")
    numerator = fields.Float(readonly=True, aggregator=None)
    denominator = fields.Float(readonly=True, aggregator=None)
    value = fields.Float(readonly=True, aggregator="avg")
    sample = fields.Integer(string="Records", readonly=True, aggregator=None)

    _day_idx = models.UniqueIndex(
        "(pilot_id, date, metric, arm, COALESCE(kpi_id, 0), COALESCE(stage_id, 0))",
        "A figure stands once a day.",
    )

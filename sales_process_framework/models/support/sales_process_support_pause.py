from odoo import fields, models


class SalesProcessSupportPause(models.Model):
    """A time in which the department's clock stands still; kept for good, so that a deadline can be explained."""

    _name = "sales.process.support.pause"
    _description = "Pause of a Support Request"
    _order = "start, id"

    request_id = fields.Many2one(
        "sales.process.support.request", required=True, index=True, ondelete="cascade", readonly=True
    )
    kind = fields.Selection(
        [("asker", "Waiting for the asker"), ("delivered", "Delivered")], required=True, default="asker", readonly=True
    )
    start = fields.Datetime(required=True, readonly=True)
    stop = fields.Datetime(readonly=True)
    reason = fields.Text(readonly=True)
    user_id = fields.Many2one("res.users", readonly=True)

    _one_open = models.UniqueIndex("(request_id) WHERE stop IS NULL", "The request is paused already.")
    _in_order = models.Constraint("CHECK(stop IS NULL OR stop >= start)", "A pause ends after it begins.")

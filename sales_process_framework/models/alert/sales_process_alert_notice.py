from odoo import fields, models


class SalesProcessAlertNotice(models.Model):
    """One person who is told about one alert, once. Written by the scan alone."""

    _name = "sales.process.alert.notice"
    _description = "Alert Notice"
    _order = "id desc"
    _rec_name = "alert_id"
    _log_access = False

    alert_id = fields.Many2one("sales.process.alert", required=True, ondelete="cascade", readonly=True)
    user_id = fields.Many2one("res.users", string="Told", required=True, index=True, ondelete="cascade", readonly=True)
    step = fields.Integer(readonly=True, help="0 at first, then the escalations.", aggregator=None)
    round = fields.Integer(readonly=True, help="One more after each snooze.", aggregator=None)
    escalation_id = fields.Many2one("sales.process.alert.escalation", readonly=True, ondelete="set null")
    send_after = fields.Datetime(required=True, readonly=True, help="Quiet hours are over by then.")
    sent = fields.Datetime(readonly=True)
    in_summary = fields.Boolean(
        string="In a Summary", readonly=True, help="It was told in a summary, or waits for the next one."
    )
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null", index="btree_not_null")

    _once_idx = models.UniqueIndex("(alert_id, user_id, step, round)", "Nobody is told twice.")
    _pending_idx = models.Index("(send_after) WHERE sent IS NULL")
    _sent_idx = models.Index("(sent) WHERE sent IS NOT NULL")

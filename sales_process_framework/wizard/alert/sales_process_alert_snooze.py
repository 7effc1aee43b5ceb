from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

MORNING = time(8)


class SalesProcessAlertSnooze(models.TransientModel):
    _name = "sales.process.alert.snooze"
    _description = "Snooze Alerts"

    alert_ids = fields.Many2many("sales.process.alert", required=True)
    choice = fields.Selection(
        [("1", "Tomorrow"), ("3", "In three days"), ("7", "In a week"), ("30", "In a month"), ("date", "On a day")],
        string="Until",
        required=True,
        default="3",
    )
    date = fields.Date(string="Day", compute="_compute_date", store=True, readonly=False)
    reason = fields.Char(required=True)

    @api.depends("choice")
    def _compute_date(self):
        today = fields.Date.context_today(self)
        for snooze in self:
            days = int(snooze.choice) if (snooze.choice or "date") != "date" else 1
            snooze.date = today + timedelta(days=days)

    def action_apply(self):
        """Until eight in the morning of the day, in the user's zone."""
        self.ensure_one()
        if not self.date or self.date <= fields.Date.context_today(self):
            raise UserError(self.env._("Choose a day after today."))
        zone = pytz.timezone(self.env.user.tz or "UTC")
        until = zone.localize(datetime.combine(self.date, MORNING)).astimezone(pytz.utc).replace(tzinfo=None)
        self.alert_ids.action_snooze(until, self.reason)
        return {"type": "ir.actions.act_window_close"}

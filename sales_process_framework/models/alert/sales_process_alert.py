from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

OPEN_STATES = ("open", "snoozed")


class SalesProcessAlert(models.Model):
    """One cause that somebody should act on. Written by the scan and by the steps below, never edited.

    ``is_current`` means that the cause stands, whatever a person did with the alert; there is one current alert of a
    cause, so a scan that runs twice finds it there. Done before the cause is mended, it stays silent until it is.
    """

    _name = "sales.process.alert"
    _inherit = [
        "sales.process.alert.scan.mixin",
        "sales.process.alert.delivery.mixin",
        "sales.process.alert.telling.mixin",
    ]
    _description = "Alert"
    _order = "severity_order desc, opened desc, id desc"
    _rec_name = "rule_id"
    _log_access = False

    rule_id = fields.Many2one("sales.process.alert.rule", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    lead_id = fields.Many2one("crm.lead", readonly=True, ondelete="cascade", index="btree_not_null")
    request_id = fields.Many2one(
        "sales.process.support.request",
        string="Support Request",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
    )
    kpi_value_id = fields.Many2one(
        "sales.process.kpi.value", string="Indicator Value", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    cause_key = fields.Char(required=True, readonly=True)
    is_current = fields.Boolean(string="Cause Stands", readonly=True, default=True)
    state = fields.Selection(
        [("open", "Open"), ("snoozed", "Snoozed"), ("closed", "Closed")],
        required=True,
        readonly=True,
        default="open",
        group_expand=True,
    )
    severity = fields.Selection(
        [("info", "Hint"), ("warning", "Warning"), ("critical", "Critical")],
        required=True,
        readonly=True,
        default="warning",
    )
    severity_order = fields.Integer(readonly=True, aggregator=None)
    due = fields.Datetime(string="Due Since", readonly=True, help="The moment the limit was reached.")
    opened = fields.Datetime(string="Noticed", required=True, readonly=True)
    notified = fields.Datetime(string="Told On", readonly=True)
    acted = fields.Datetime(
        string="Acted On", readonly=True, help="The lead moved, a contact took place, or the cause was mended."
    )
    closed = fields.Datetime(readonly=True)
    closed_reason = fields.Selection(
        [
            ("mended", "Mended"),
            ("done", "Marked as done"),
            ("lead_closed", "Lead won, lost or archived"),
            ("rule_off", "Rule switched off"),
        ],
        readonly=True,
    )
    closed_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    snoozed_until = fields.Datetime(readonly=True)
    snooze_reason = fields.Char(readonly=True)
    snoozed_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    round = fields.Integer(readonly=True, aggregator=None, help="One more after each snooze.")
    step = fields.Integer(readonly=True, aggregator=None, help="Escalations so far.")
    planned = fields.Boolean(readonly=True, help="It is settled who is told, and when.")
    facts = fields.Json(string="Raw Facts", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="For", readonly=True, ondelete="set null", index="btree_not_null", help="Who is told first."
    )
    receiver_ids = fields.Many2many(
        "res.users", "sales_process_alert_receiver_rel", "alert_id", "user_id", string="Told", readonly=True
    )
    notice_ids = fields.One2many("sales.process.alert.notice", "alert_id", string="Notices", readonly=True)
    title = fields.Char(compute="_compute_texts", compute_sudo=True)
    facts_text = fields.Char(string="Facts", compute="_compute_texts", compute_sudo=True)
    advice = fields.Text(string="What to Do", compute="_compute_texts", compute_sudo=True)
    is_mine = fields.Boolean(compute="_compute_is_mine", search="_search_is_mine")
    may_handle = fields.Boolean(compute="_compute_may_handle")
    color = fields.Integer(compute="_compute_color")

    _current_idx = models.UniqueIndex("(rule_id, cause_key) WHERE is_current", "There is an alert for this cause.")
    _lead_open_idx = models.Index("(lead_id) WHERE state = 'open'")
    _unplanned_idx = models.Index("(rule_id) WHERE NOT planned")
    _snoozed_idx = models.Index("(snoozed_until) WHERE state = 'snoozed'")
    _idle_idx = models.Index("(rule_id, opened) WHERE is_current AND acted IS NULL")
    _opened_idx = models.Index("(opened)")

    # ------------------------------------------------------------------
    # What shows
    # ------------------------------------------------------------------

    @api.depends("rule_id", "lead_id")
    def _compute_display_name(self):
        for alert in self:
            about = alert.sudo()._get_about()
            alert.display_name = f"{alert.rule_id.name}: {about}" if about else alert.rule_id.name

    def _get_about(self):
        """:return: name of the lead, or of what the indicator is about"""
        value = self.kpi_value_id
        return self.lead_id.name or (value.user_id or value.team_id or value.company_id).display_name

    @api.depends("rule_id", "facts")
    @api.depends_context("lang", "tz")
    def _compute_texts(self):
        for alert in self:
            source = alert.rule_id._get_source()
            alert.title = alert.rule_id.name
            alert.facts_text = source._describe(alert, alert.facts or {})
            alert.advice = alert.rule_id.advice or source._get_advice()

    def _get_stage_name(self, process_stage_id):
        stage = self.env["sales.process.stage"].sudo().browse(process_stage_id or ()).exists()
        return stage.name or self.env._("a stage that is gone")

    @api.depends("severity", "state")
    def _compute_color(self):
        colors = {"info": 4, "warning": 3, "critical": 1}
        for alert in self:
            alert.color = colors[alert.severity] if alert.state == "open" else 0

    @api.depends("receiver_ids")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for alert in self:
            alert.is_mine = self.env.user in alert.sudo().receiver_ids

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain("receiver_ids", "in", [self.env.uid])
        wanted = set(value)
        if wanted == {True, False}:
            return Domain.TRUE
        return mine if True in wanted else ~mine

    @api.depends("receiver_ids", "lead_id.user_id", "state")
    @api.depends_context("uid")
    def _compute_may_handle(self):
        manages = self.env.user.has_group("sales_team.group_sale_manager")
        for alert in self:
            row = alert.sudo()
            concerned = row.receiver_ids | row._get_owner() | row._get_leader()
            alert.may_handle = row.state in OPEN_STATES and (self.env.su or manages or self.env.user in concerned)

    def _get_owner(self):
        """:return: the salesperson, present or not; of an indicator the person it is about"""
        self.ensure_one()
        return self.lead_id.user_id or self.kpi_value_id.user_id

    def _get_leader(self):
        self.ensure_one()
        team = self.lead_id.team_id or self.kpi_value_id.team_id
        if not team and self.kpi_value_id.user_id:
            team = self.kpi_value_id.user_id.sale_team_id
        return team.user_id

    # ------------------------------------------------------------------
    # Steps; nobody holds write access, these are the ways to change an alert
    # ------------------------------------------------------------------

    def _check_handle(self):
        self.check_access("read")
        for alert in self:
            if alert.state not in OPEN_STATES:
                raise UserError(self.env._("“%s” is closed already.", alert.display_name))
            if not alert.may_handle:
                raise AccessError(
                    self.env._(
                        "“%s” was not sent to you. Those who were told, the salesperson, the team leader and sales "
                        "administrators handle it.",
                        alert.display_name,
                    )
                )

    def action_done(self):
        """Somebody has acted. The alert comes back only after its cause was mended and has returned."""
        self._check_handle()
        now = self.env.cr.now()
        for alert in self.sudo():
            alert.write(
                {
                    "state": "closed",
                    "closed": now,
                    "closed_reason": "done",
                    "closed_by_id": self.env.uid,
                    "acted": alert.acted or now,
                }
            )
        self.sudo()._withdraw_notices()
        return True

    def action_open_snooze(self):
        self._check_handle()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Snooze"),
            "res_model": "sales.process.alert.snooze",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_alert_ids": self.ids},
        }

    def action_snooze(self, until, reason):
        """Be silent until a moment, then tell again if the cause still stands.

        :param until: datetime in UTC, or its text
        :param reason: why it can wait
        """
        self._check_handle()
        until = fields.Datetime.to_datetime(until)
        if not (reason or "").strip():
            raise UserError(self.env._("Say why it can wait, so that others understand it."))
        if not until or until <= self.env.cr.now():
            raise UserError(self.env._("Choose a moment in the future until which it can wait."))
        self.sudo().write(
            {
                "state": "snoozed",
                "snoozed_until": until,
                "snooze_reason": reason.strip(),
                "snoozed_by_id": self.env.uid,
            }
        )
        self.sudo()._withdraw_notices()
        return True

    def action_wake(self):
        """Take a snooze back: as when it is over, the next scan tells them again, and escalation starts anew."""
        self._check_handle()
        for alert in self.sudo().filtered(lambda alert: alert.state == "snoozed"):
            alert.write(
                {
                    "state": "open",
                    "round": alert.round + 1,
                    "step": 0,
                    "planned": False,
                    "snoozed_until": False,
                    "snooze_reason": False,
                    "snoozed_by_id": False,
                }
            )
        return True

    def action_open_lead(self):
        """Open what the alert is about."""
        self.ensure_one()
        self.check_access("read")
        if self.lead_id:
            return self.lead_id.get_formview_action()
        if action := self.sudo().rule_id._get_source()._open(self):
            return action
        value = self.sudo().kpi_value_id
        return {
            "type": "ir.actions.act_window",
            "name": value.kpi_id.name,
            "res_model": "sales.process.kpi.value",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("kpi_id", "=", value.kpi_id.id),
                ("scope", "=", value.scope),
                ("scope_id", "=", value.scope_id),
                ("company_id", "=", value.company_id.id),
                ("is_latest", "=", True),
            ],
        }

    # ------------------------------------------------------------------
    # Closing
    # ------------------------------------------------------------------

    def _close(self, reason):
        """Close what is open, the cause no longer stands."""
        now = self.env.cr.now()
        for alert in self:
            vals = {"is_current": False}
            if alert.state in OPEN_STATES:
                vals.update(state="closed", closed=now, closed_reason=reason)
                if reason != "rule_off" and alert.notified and not alert.acted:
                    vals["acted"] = now
            alert.write(vals)
        self._withdraw_notices()

    @api.model
    def _close_for_rules(self, rules):
        self.search([("rule_id", "in", rules.ids), ("is_current", "=", True)])._close("rule_off")

    @api.model
    def _close_for_leads(self, lead_ids):
        """Won, lost or archived: at once, whatever the next scan would say."""
        self.search([("lead_id", "in", lead_ids), ("is_current", "=", True)])._close("lead_closed")

    def _withdraw_notices(self):
        """Who was not told yet need not be; what was put on their list is taken off it."""
        if not self:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """DELETE FROM sales_process_alert_notice
                    WHERE alert_id = ANY(%s) AND sent IS NULL""",
                self.ids,
            )
        )
        self.invalidate_recordset(["notice_ids"])
        notices = self.env["sales.process.alert.notice"].search(
            [("alert_id", "in", self.ids), ("activity_id", "!=", False)]
        )
        # An activity that tells of several alerts stays as long as one of them does.
        others = self.env["sales.process.alert.notice"].search(
            [
                ("activity_id", "in", notices.activity_id.ids),
                ("alert_id", "not in", self.ids),
                ("alert_id.state", "=", "open"),
            ]
        )
        (notices.activity_id - others.activity_id).unlink()

from ast import literal_eval
from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

#: A rule is noisy when fewer than this share of at least so many alerts of the last days made anybody act.
NOISY_SHARE = 0.3
NOISY_ALERTS = 10
NOISY_DAYS = 90
#: What of a rule changes whom it finds: the next scan looks at everything again.
CAUSE_FIELDS = {
    "kind",
    "domain",
    "process_id",
    "process_stage_id",
    "stage_key",
    "requirement_id",
    "threshold",
    "days",
    "team_ids",
    "company_id",
    "kpi_id",
    "kpi_band",
    "kpi_scope",
    "kpi_running",
    "active",
}
SCAN_FIELDS = {"scanned", "swept"}


class SalesProcessAlertRule(models.Model):
    """If this has happened, then tell those. What can have happened is a class, see ``sales.process.alert.source``."""

    _name = "sales.process.alert.rule"
    _inherit = ["sales.process.alert.audience"]
    _description = "Alert Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", index=True, default=lambda self: self.env.company, help="Empty: leads of every company."
    )
    kind = fields.Selection(selection="_get_kinds", string="What Happens", required=True, default="stage_time")
    threshold = fields.Float(string="Limit", default=3, help="What it counts depends on what happens.")
    threshold_unit = fields.Char(compute="_compute_shape")
    days = fields.Float(string="Working Days", default=1, help="Working days in the stage before it is looked at.")
    uses_threshold = fields.Boolean(compute="_compute_shape")
    uses_days = fields.Boolean(compute="_compute_shape")
    uses_stage = fields.Boolean(compute="_compute_shape")
    uses_lead = fields.Boolean(compute="_compute_shape")
    process_id = fields.Many2one(
        "sales.process", check_company=True, index="btree_not_null", ondelete="cascade", help="Later versions too."
    )
    process_stage_id = fields.Many2one(
        "sales.process.stage",
        string="Stage",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('process_id', '=', process_id)] if process_id else [('process_state', '!=', 'retired')]",
        help="Also this stage in later versions of the process.",
    )
    stage_key = fields.Char(help="Stages of every process with this key, for rules that come before the process.")
    requirement_id = fields.Many2one(
        "sales.process.requirement",
        string="Document",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('judgement', '=', 'document')]",
        help="Empty: any document of the stage.",
    )
    team_ids = fields.Many2many("crm.team", string="Sales Teams", check_company=True, help="Empty: every team.")
    domain = fields.Char(string="Only Leads", default="[]")
    kpi_id = fields.Many2one("sales.process.kpi", string="Indicator", index="btree_not_null", ondelete="cascade")
    kpi_band = fields.Selection(
        [("alert", "Alert"), ("watch", "Watch or alert")], string="Band", default="alert", required=True
    )
    kpi_scope = fields.Selection(
        [("company", "Company"), ("team", "Team"), ("user", "Person")], string="Per", default="company", required=True
    )
    kpi_running = fields.Boolean(
        string="Running Period Too",
        help="Looks at the running period as well, once half of it is over. Without it the last period that is over "
        "counts. A snapshot says how things stand today; it is always looked at.",
    )
    notice = fields.Selection(
        [("activity", "Activity"), ("mail", "Notification (mail or inbox)"), ("chat", "Chat message")],
        string="Told By",
        required=True,
        default="activity",
    )
    escalation_ids = fields.One2many("sales.process.alert.escalation", "rule_id", string="Escalation Steps", copy=True)
    quiet_from = fields.Float(default=20, help="From here on nobody is told, in the time zone of each.")
    quiet_to = fields.Float(default=7, help="From here on they are told again. Twice the same: no quiet hours.")
    quiet_weekend = fields.Boolean(string="Quiet on Weekends", default=True)
    digest = fields.Boolean(
        string="One Summary",
        default=True,
        help="Several alerts for a person are told together, in one summary. The next one comes some hours later; "
        "what is critical does not wait.",
    )
    digest_hours = fields.Float(
        string="Hours Between Summaries",
        default=4,
        help="After a summary, what is new waits so long for the next one. 0: it does not wait.",
    )
    severity = fields.Selection(
        [("info", "Hint"), ("warning", "Warning"), ("critical", "Critical")], required=True, default="warning"
    )
    advice = fields.Text(string="What to Do", translate=True)
    sentence = fields.Char(string="In Words", compute="_compute_sentence")
    problem = fields.Char(compute="_compute_problem")
    scanned = fields.Datetime(string="Last Scan", readonly=True, copy=False)
    swept = fields.Datetime(string="Last Full Scan", readonly=True, copy=False)

    open_count = fields.Integer(string="Open", compute="_compute_open_count")
    alert_count = fields.Integer(string="Alerts", compute="_compute_effect", help="Told in the last 90 days.")
    acted_share = fields.Float(string="Acted On", compute="_compute_effect", help="Of those told in the last 90 days.")
    hours_to_act = fields.Float(string="Time to Act", compute="_compute_effect", help="Median, in hours.")
    is_noisy = fields.Boolean(string="Noisy", compute="_compute_effect")
    noise_hint = fields.Char(compute="_compute_effect")

    _hours_in_a_day = models.Constraint(
        "CHECK(quiet_from >= 0 AND quiet_from < 24 AND quiet_to >= 0 AND quiet_to < 24)",
        "Quiet hours lie between 0:00 and 23:59.",
    )
    _counts_not_negative = models.Constraint("CHECK(threshold >= 0 AND days >= 0)", "A limit cannot be negative.")
    _digest_hours_not_negative = models.Constraint("CHECK(digest_hours >= 0)", "Hours cannot be negative.")

    # ------------------------------------------------------------------
    # What shows
    # ------------------------------------------------------------------

    @api.model
    def _get_kinds(self):
        return self.env["sales.process.alert.source"]._get_selection()

    def _get_source(self):
        self.ensure_one()
        return self.env["sales.process.alert.source"]._get(self.kind)

    @api.depends("kind")
    def _compute_shape(self):
        for rule in self:
            source = rule._get_source()
            rule.threshold_unit = source._get_unit()
            rule.uses_threshold = bool(source._get_unit())
            rule.uses_days = source._uses_days
            rule.uses_stage = source._uses_stage
            rule.uses_lead = source._uses_lead

    @api.depends(
        "kind",
        "threshold",
        "days",
        "process_id",
        "process_stage_id",
        "stage_key",
        "requirement_id",
        "team_ids",
        "domain",
        "kpi_id",
        "kpi_band",
        "kpi_scope",
        "kpi_running",
        "notice",
        "to_owner",
        "to_leader",
        "to_manager",
        "to_followers",
        "role_id",
        "escalation_ids",
        "escalation_ids.after_days",
    )
    def _compute_sentence(self):
        notices = {
            "activity": self.env._("with an activity"),
            "mail": self.env._("with a notification"),
            "chat": self.env._("in the chat"),
        }
        for rule in self:
            rule.sentence = self.env._(
                "If %(cause)s%(where)s, then remind %(audience)s %(notice)s%(escalation)s.",
                cause=rule._get_source()._get_sentence(rule),
                where=rule._describe_where(),
                audience=rule._describe_audience(),
                notice=notices.get(rule.notice, ""),
                escalation=rule._describe_escalations(),
            )

    def _describe_where(self):
        parts = []
        if self.uses_stage and self.process_stage_id:
            parts.append(self.env._(" in the stage “%s”", self.process_stage_id.name))
        elif self.uses_stage and self.stage_key:
            parts.append(self.env._(" in the stage “%s”", self._get_stage_label()))
        elif self.process_id:
            parts.append(self.env._(" in the process “%s”", self.process_id.name))
        if self.team_ids:
            parts.append(self.env._(" of %s", ", ".join(self.team_ids.mapped("name"))))
        if self.uses_lead and (self.domain or "[]").strip() != "[]":
            parts.append(self.env._(" and the lead meets the condition"))
        return "".join(parts)

    def _get_stage_label(self):
        stage = self.env["sales.process.stage"].search([("key", "=", self.stage_key)], limit=1)
        return stage.name or self.stage_key.replace("_", " ")

    def _describe_escalations(self):
        return "".join(
            self.env._(
                "; after %(days)g working days without action, %(audience)s",
                days=step.after_days,
                audience=step._describe_audience(),
            )
            for step in self.escalation_ids
        )

    @api.depends("kind", "process_stage_id", "stage_key", "kpi_id", "active")
    def _compute_problem(self):
        for rule in self:
            rule.problem = rule._get_source()._get_configuration_problem(rule)

    def _compute_open_count(self):
        counts = dict(
            self.env["sales.process.alert"]._read_group(
                [("rule_id", "in", self.ids), ("state", "in", ("open", "snoozed"))], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.open_count = counts.get(rule._origin, 0)

    def _compute_effect(self):
        since = self.env.cr.now() - timedelta(days=NOISY_DAYS)
        rows = self.env["sales.process.alert.effect"]._get_by_rule(self.ids, since)
        for rule in self:
            count, share, hours = rows.get(rule._origin.id, (0, 0.0, 0.0))
            rule.alert_count = count
            rule.acted_share = share
            rule.hours_to_act = hours
            rule.is_noisy = count >= NOISY_ALERTS and share < NOISY_SHARE
            rule.noise_hint = rule.is_noisy and self.env._(
                "%(count)s alerts in %(days)s days, and only %(share)d %% made anybody act: raise the limit, narrow "
                "the leads or tell fewer people.",
                count=count,
                days=NOISY_DAYS,
                share=round(share * 100),
            )

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.onchange("kind")
    def _onchange_kind(self):
        source = self._get_source()
        self.threshold = source._default_threshold
        if not self.advice:
            self.advice = source._get_advice()

    @api.onchange("process_stage_id")
    def _onchange_process_stage_id(self):
        if self.process_stage_id:
            self.process_id = self.process_stage_id.process_id
            self.stage_key = False

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self:
            # As whoever writes it: a condition on what they may not read would tell them of it.
            rule._get_lead_domain(self.env["crm.lead"])

    def _get_lead_domain(self, leads=None):
        """:param leads: crm.lead as whom the condition is checked; None: as the scan
        :return: the checked condition on leads
        """
        self.ensure_one()
        leads = self.env["crm.lead"].sudo() if leads is None else leads
        try:
            domain = Domain(literal_eval(self.domain or "[]"))
            domain.validate(leads)
            # A dry search finds what validation does not, such as a value of the wrong type.
            with self.env.cr.savepoint(flush=False):
                leads.search_count(domain & Domain("id", "=", 0), limit=1)
        except Exception as error:
            raise ValidationError(
                self.env._(
                    "The condition on leads of “%(rule)s” cannot be read: %(error)s. Choose fields and values anew.",
                    rule=self.name,
                    error=error,
                )
            ) from error
        return domain

    @api.constrains("to_owner", "to_leader", "to_manager", "to_followers", "role_id")
    def _check_audience(self):
        for rule in self:
            if not rule._has_audience():
                raise ValidationError(self.env._("Say who is told by “%s”: choose at least one.", rule.name))

    @api.constrains("kind", "threshold", "kpi_id")
    def _check_kind(self):
        for rule in self:
            rule._get_source()._check_rule(rule)

    # ------------------------------------------------------------------
    # Keeping the scan in step
    # ------------------------------------------------------------------

    @api.model
    def _is_in_use(self):
        """False as long as no rule can find anything: then a lead costs what it costs without alerts."""
        kinds = self._get_active_kinds()
        return "plain" in kinds or bool(kinds) and self.env["sales.process"]._is_in_use()

    @api.model
    @tools.ormcache(cache="stable")
    def _get_active_kinds(self):
        """:return: frozenset of the kinds of active rules; "plain" when one needs no process to find something"""
        kinds = self.sudo().search_fetch([], ["kind"]).mapped("kind")
        Source = self.env["sales.process.alert.source"]
        return frozenset(kinds) | ({"plain"} if any(not Source._get(kind)._needs_process for kind in kinds) else set())

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache("stable")
        return rules

    def write(self, vals):
        result = super().write(vals)
        if CAUSE_FIELDS & vals.keys():
            super().write({"swept": False})
        if "active" in vals or "kind" in vals:
            self.env.registry.clear_cache("stable")
            if not vals.get("active", True):
                self.env["sales.process.alert"].sudo()._close_for_rules(self)
        return result

    def unlink(self):
        self.env["sales.process.alert"].sudo()._close_for_rules(self)
        result = super().unlink()
        self.env.registry.clear_cache("stable")
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if default and "name" in default:
            return vals_list
        return [
            {**vals, "name": self.env._("%s (copy)", rule.name), "active": False}
            for rule, vals in zip(self, vals_list, strict=True)
        ]

    def _get_stages(self):
        """Stages that the rule looks at: its own, in every version that follows; else all that are not won."""
        self.ensure_one()
        Stage = self.env["sales.process.stage"].sudo()
        domain = Domain("process_id.state", "in", ("active", "pilot", "retired")) & Domain("is_won", "=", False)
        if self.company_id:
            domain &= Domain("company_id", "in", [self.company_id.id, False])
        if self.process_stage_id:
            family = self._get_versions(self.process_stage_id.process_id)
            same = Domain("id", "=", self.process_stage_id.id)
            if self.process_stage_id.key:
                same |= Domain("key", "=", self.process_stage_id.key)
            elif self.process_stage_id.stage_id:
                same |= Domain("stage_id", "=", self.process_stage_id.stage_id.id)
            domain &= Domain("process_id", "in", family.ids) & same
        elif self.stage_key:
            domain &= Domain("key", "=", self.stage_key)
        elif self.process_id:
            domain &= Domain("process_id", "in", self._get_versions(self.process_id).ids)
        return Stage.search(domain)

    def _get_versions(self, process):
        """:return: a process and the versions that came after it"""
        versions = latest = process.sudo()
        while latest:
            latest = versions.with_context(active_test=False).search([("predecessor_id", "in", latest.ids)]) - versions
            versions |= latest
        return versions

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_preview(self):
        """Who would get what today."""
        self.ensure_one()
        self.check_access("write")
        preview = self.env["sales.process.alert.preview"]._make(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who Would Get What Today"),
            "res_model": "sales.process.alert.preview",
            "res_id": preview.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_scan(self):
        """Look for what is due now, without waiting for the scheduled action."""
        self.check_access("write")
        if inactive := self.filtered(lambda rule: not rule.active):
            raise UserError(self.env._("“%s” is switched off. Switch it on first.", inactive[0].name))
        self.env["sales.process.alert"].sudo()._scan(self.sudo())
        return self.action_view_alerts()

    def action_view_alerts(self):
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_framework.sales_process_alert_action_all")
        return {**action, "domain": [("rule_id", "in", self.ids)], "context": {"search_default_open": 1}}

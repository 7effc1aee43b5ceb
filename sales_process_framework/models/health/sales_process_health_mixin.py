from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...tools import health


class SalesProcessHealthMixin(models.AbstractModel):
    """How sound an open lead is: closing dates that move, data that is missing."""

    _name = "sales.process.health.mixin"
    _description = "Health of leads"
    _inherit = ["sales.process.completeness.sql"]

    sales_health = fields.Integer(
        readonly=True,
        copy=False,
        aggregator="avg",
        help="0 to 100, from gate progress, time in the stage, contacts, closing date and buying group.",
    )
    sales_health_band = fields.Selection(
        [("good", "Good"), ("watch", "Watch"), ("poor", "Poor")],
        string="Lead Health",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    sales_health_date = fields.Datetime(string="Health Changed On", readonly=True, copy=False)
    sales_closing_change_ids = fields.One2many(
        "sales.process.closing.change", "lead_id", string="Changes of the Closing Date"
    )
    sales_closing_push_count = fields.Integer(
        string="Closing Date Pushed",
        compute="_compute_sales_closing_push_count",
        help="How often the expected closing date was put off.",
    )

    def _compute_sales_closing_push_count(self):
        groups = self.env["sales.process.closing.change"]._read_group(
            [("lead_id", "in", self.ids), ("days", ">", 0)], ["lead_id"], ["__count"]
        )
        counts = {lead.id: count for lead, count in groups}
        for lead in self:
            lead.sales_closing_push_count = counts.get(lead.id, 0)

    @api.model
    def _on_closing_dates_changed(self, before):
        result = super()._on_closing_dates_changed(before)
        self.env["sales.process.closing.change"].sudo()._record(before)
        return result

    # ------------------------------------------------------------------
    # Completeness
    # ------------------------------------------------------------------

    @api.readonly
    def get_sales_completeness(self):
        """What of the data that makes a lead complete in its stage is missing.

        :return: {"filled", "asked": numbers, "missing": [{"name": the field to fill in or False, "label"}]}
        """
        self.ensure_one()
        self.check_access("read")
        by_stage = self.env["sales.process"]._get_completeness_items(self.sales_process_id.id)
        items = by_stage.get(self.sales_process_stage_id.id, by_stage[None])
        if not items:
            return {"filled": 0, "asked": 0, "missing": []}
        self.flush_recordset()
        columns = self._get_missing_sql("lead", items, self.env.cr.now())
        [[missing]] = self.env.execute_query(SQL("SELECT %s FROM crm_lead AS lead WHERE id = %s", columns, self.id))
        fields_of = {item.key: item.field for item in items}
        return {
            "filled": len(items) - len(missing),
            "asked": len(items),
            "missing": [
                {"name": fields_of[key] or False, "label": self._get_completeness_label(key)} for key in missing
            ],
        }

    # ------------------------------------------------------------------
    # Score
    # ------------------------------------------------------------------

    @api.readonly
    def get_sales_health(self):
        """The score as it is now, with the reason of each part.

        :return: {"score", "band", "parts": [{"part", "label", "score", "weight", "reason"}], "completeness"}, or False
            for a lead that has no score: closed, or under no process
        """
        self.ensure_one()
        self.check_access("read")
        self.env.flush_all()
        rows = self.env.execute_query_dict(self.env["sales.process.health.sql"]._sql_health_facts(self.ids))
        if not rows:
            return False
        facts = health.LeadFacts(**{name: value for name, value in rows[0].items() if name != "id"})
        # sudo: whoever sees the lead sees what its score is made of
        weights = self.sudo().sales_process_id._get_health_weights()
        now = self.env.cr.now()
        parts = health.part_scores(facts, now)
        value = health.score(parts, weights)
        labels, reasons = self._get_health_labels(), self._explain_health(facts, now)
        return {
            "score": value,
            "band": health.band(value),
            "parts": [
                {
                    "part": part,
                    "label": labels[part],
                    "score": None if score is None else round(score),
                    "weight": weights[part],
                    "reason": reasons[part],
                }
                for part, score in parts.items()
                if weights[part]
            ],
            "completeness": self.get_sales_completeness(),
        }

    @api.model
    def _get_health_labels(self):
        return {
            "gate": self.env._("Stage requirements"),
            "time": self.env._("Time in the stage"),
            "contact": self.env._("Last contact"),
            "journey": self.env._("Touchpoints"),
            "closing": self.env._("Closing date"),
            "buyers": self.env._("Buying group"),
        }

    def _explain_health(self, facts, now):
        """:return: {part: a sentence in the user's language}"""
        return {
            "gate": self.env._("%s%% of what the stage asks is there", facts.progress)
            if facts.asked
            else self.env._("The stage asks for nothing"),
            "time": self._explain_time(facts, now),
            "contact": self._explain_contact(facts, now),
            "journey": self.env._(
                "%(reached)s of %(expected)s took place", reached=facts.reached, expected=facts.expected
            )
            if facts.expected
            else self.env._("The journey expects nothing here"),
            "closing": self._explain_closing(facts, now),
            "buyers": self._explain_buyers(facts),
        }

    def _explain_time(self, facts, now):
        share = health.used_share(facts, now)
        if share is None:
            return self.env._("The stage has no time limit")
        if share > 1:
            return self.env._("The limit ran out on %s", format_date(self.env, facts.deadline))
        return self.env._("%s%% of the stage's time is used", round(share * 100))

    def _explain_contact(self, facts, now):
        days = max((now - facts.last_contact).days, 0)
        if not facts.contacted:
            return self.env._("No contact since the lead was created %s days ago", days)
        return self.env._("%s days ago", days) if days else self.env._("Within a day")

    def _explain_closing(self, facts, now):
        if not facts.closing:
            return self.env._("No closing date is expected")
        if facts.closing < now.date():
            return self.env._("%s is past", format_date(self.env, facts.closing))
        if facts.pushes:
            return self.env._(
                "%(date)s, put off %(count)s times", date=format_date(self.env, facts.closing), count=facts.pushes
            )
        return self.env._("%s, never put off", format_date(self.env, facts.closing))

    def _explain_buyers(self, facts):
        if not facts.buyers:
            return self.env._("Nobody is recorded")
        missing = []
        if not facts.decider:
            missing.append(self.env._("the decision maker is not known"))
        if not facts.champion:
            missing.append(self.env._("no champion yet"))
        if facts.unknown:
            missing.append(self.env._("attitudes not known: %s", facts.unknown))
        return "; ".join(missing) if missing else self.env._("Decision maker, champion and attitudes are known")

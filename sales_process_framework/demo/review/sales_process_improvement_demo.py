from datetime import timedelta

from odoo import Command, api, models

#: name, state, author, responsible, indicator, days from now of planned start and end, days since it is in use, and
#: what is expected of it. Days of the past are negative.
IDEAS = (
    (
        "Demo only after the needs are confirmed",
        "measured",
        "user_rep_anna",
        "user_leader_maria",
        "kpi_win_rate",
        (-300, -230),
        225,
        "Fewer demos, and more of them won: a win rate of 40 %.",
    ),
    (
        "Answer tenders only with a contact inside",
        "measured",
        "user_rep_ben",
        "user_leader_maria",
        "kpi_lead_conversion",
        (-270, -200),
        190,
        "Less work on tenders that were decided before: a lead conversion of 20 %.",
    ),
    (
        "Reference customers by industry, ready to call",
        "in_version",
        "user_rep_chloe",
        "user_manager",
        "kpi_win_rate",
        (-120, -50),
        48,
        "A customer to talk to within two days; one deal in ten more is won.",
    ),
    (
        "Nurturing within eight days",
        "in_version",
        "user_leader_maria",
        "user_manager",
        "kpi_stage_time",
        (-165, 20),
        None,
        "The stage takes a third less time.",
    ),
    (
        "Ask for the budget in two steps",
        "accepted",
        "user_rep_daniel",
        "user_leader_maria",
        "kpi_win_rate",
        (-20, 30),
        None,
        "Customers who name a range early are not scared away.",
    ),
    (
        "One page on the return of the investment",
        "accepted",
        "user_rep_anna",
        "user_leader_maria",
        "kpi_sales_cycle",
        (-65, 12),
        None,
        "Negotiations are shorter by a week.",
    ),
    (
        "Quotation only after a site visit",
        "dropped",
        "user_leader_maria",
        "user_manager",
        "kpi_win_rate",
        (-330, -215),
        None,
        "More deals succeed when somebody was on site.",
    ),
    (
        "A short video for each product",
        "idea",
        "user_rep_emi",
        None,
        None,
        None,
        None,
        "Customers know what we talk about before the first demo.",
    ),
    (
        "Offer templates by industry",
        "idea",
        "user_rep_ben",
        None,
        "kpi_sales_cycle",
        (5, 75),
        None,
        "An offer takes an hour instead of a day.",
    ),
    (
        "First talk within two days",
        "in_version",
        "user_rep_farid",
        "user_manager",
        "kpi_stage_time",
        (-80, 95),
        None,
        "Customers still know why they wrote, and deals take a third less time.",
    ),
)
#: Ideas that are tried, by the version that carries them.
TRIED = {
    "Nurturing within eight days": "process_b2b_candidate_demo",
    "First talk within two days": "process_b2b_candidate_later_demo",
}


class SalesProcessImprovementDemo(models.AbstractModel):
    """Improvements in every step, so that the roadmap of the year looks as one does."""

    _name = "sales.process.demo.improvement"
    _inherit = "sales.process.demo"
    _description = "Demo company: improvements"

    @api.model
    def _demo_build_improvements(self):
        if self.env.ref("sales_process_framework.improvement_demo_1", raise_if_not_found=False):
            return
        self._quietly()._build_improvements()

    def _build_improvements(self):
        process = self._ref("process_b2b_demo")
        today = process.company_id._get_sales_today()
        improvements = self.env["sales.process.improvement"].create(
            [self._prepare_idea_vals(row, process, today) for row in IDEAS]
        )
        self._name_records({f"improvement_demo_{place}": idea for place, idea in enumerate(improvements, 1)})
        for idea in improvements.filtered(lambda idea: idea.name in TRIED):
            version = self._ref(TRIED[idea.name])
            idea.write({"version_id": version.id, "change_ids": [Command.set(version.change_ids[:1].ids)]})
        improvements._measure()
        for idea in improvements.filtered(lambda idea: idea.state == "measured"):
            idea.date_measured = idea.date_measurable + timedelta(days=9)
        draft = self._ref("process_services_next_demo")
        self.env["sales.process.improvement"].create(
            {
                "name": "Decision maker known by name",
                "company_id": draft.company_id.id,
                "process_id": draft.predecessor_id.id,
                "version_id": draft.id,
                "change_ids": [Command.set(draft.change_ids[:1].ids)],
                "state": "in_version",
                "kpi_id": self._ref("kpi_win_rate").id,
                "user_id": self._ref("user_manager").id,
                "author_id": self._ref("user_rep_hanna").id,
                "date_accepted": today - timedelta(days=40),
                "date_start": today - timedelta(days=40),
                "date_end": today + timedelta(days=25),
            }
        )

    def _prepare_idea_vals(self, row, process, today):
        name, state, author, owner, kpi, planned, in_use, effect = row
        first, last = planned or (None, None)
        return {
            "name": name,
            "state": state,
            "company_id": process.company_id.id,
            "process_id": process.id if kpi != "kpi_lead_conversion" else False,
            "author_id": self._ref(author).id,
            "user_id": self._ref(owner).id if owner else False,
            "kpi_id": self._ref(kpi).id if kpi else False,
            "date_start": planned and today + timedelta(days=first),
            "date_end": planned and today + timedelta(days=last),
            "date_accepted": state in ("accepted", "in_version", "measured") and today + timedelta(days=first),
            "date_in_use": in_use and today - timedelta(days=in_use),
            # The responsible was told long ago, or will be in time.
            "date_reminded": state == "measured" and today - timedelta(days=100),
            "expected_effect": effect,
        }

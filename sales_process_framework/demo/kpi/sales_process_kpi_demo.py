from datetime import timedelta
from random import Random

from odoo import api, models

from ...tools.period import periods_between
from .. import sql, texts
from ..sales_process_demo import MARKETS, SEED
from ..stories import HISTORY_DAYS, working_moment

#: Enquiries of eighteen months that became nothing, by market.
TURNED_DOWN = {"manufacturing": 190, "technology": 150, "services": 100}
#: Share of the opportunities that began as a lead; the others were opened by a rep at once.
FROM_LEADS = 0.45
#: What is measured against goals, which are made of what the other indicators say.
OF_GOALS = ("revenue_attainment",)
#: How far back indicators are computed, by cycle.
COMPUTED_DAYS = {"month": 540, "quarter": 540, "year": 540, "week": 70}


class SalesProcessKpiDemo(models.AbstractModel):
    _name = "sales.process.demo.kpi"
    _inherit = "sales.process.demo"
    _description = "Demo company: indicators"

    @api.model
    def _demo_build_enquiries(self):
        """Where the deals came from: leads that became opportunities, and many more that did not."""
        if self.env.ref("sales_process_framework.enquiry_services_001", raise_if_not_found=False):
            return
        # Nothing answers, follows or asks: these leads are past.
        quiet = self.sudo().with_context(
            tracking_disable=True,
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
            active_test=False,
            import_file=True,
        )
        for market in TURNED_DOWN:
            rng = Random(f"{SEED} enquiries {market}")
            team = quiet._ref(f"team_{market}")
            quiet._mark_conversions(rng, team)
            quiet._build_turned_down(rng, market, team)

    def _mark_conversions(self, rng, team):
        leads = self._search_ours("crm.lead", "lead_%").filtered(
            lambda lead: lead.team_id == team and lead.type == "opportunity"
        )
        sql.update(
            self.env,
            "crm_lead",
            [
                {"id": lead.id, "date_conversion": lead.create_date + timedelta(minutes=rng.randint(1, 20))}
                for lead in leads
                if rng.random() < FROM_LEADS
            ],
        )

    def _build_turned_down(self, rng, market, team):
        contacts = self._search_ours("res.partner", f"partner_{market}_%_contact")
        sources = self._search_ours("utm.source", "source_%")
        reasons = self._search_ours("crm.lost.reason", "lost_reason_%")
        members = team.member_ids.sorted("login")
        people = [rng.choice(contacts) for _number in range(TURNED_DOWN[market])]
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": rng.choice(texts.ENQUIRIES[market]),
                    "type": "lead",
                    "team_id": team.id,
                    "company_id": team.company_id.id,
                    "user_id": rng.choice(members).id,
                    "contact_name": contact.name,
                    "partner_name": contact.parent_id.name,
                    "source_id": rng.choice(sources).id,
                    "lost_reason_id": rng.choice(reasons).id,
                }
                for contact in people
            ]
        )
        self.env.flush_all()
        sql.update(self.env, "crm_lead", [self._prepare_turned_down(rng, market, lead) for lead in leads])
        self._name_records({f"enquiry_{market}_{number:03}": lead for number, lead in enumerate(leads, 1)})

    def _prepare_turned_down(self, rng, market, lead):
        now = self.env.cr.now().replace(microsecond=0)
        # More of late, as with the deals: the company grows.
        at = now - timedelta(days=12 + (HISTORY_DAYS - 12) * rng.random() ** 1.7)
        created = working_moment(rng, at, MARKETS[market]["utc_hour"])
        closed = created + timedelta(days=rng.uniform(0.1, 9))
        return {
            "id": lead.id,
            "create_date": created,
            "date_open": created,
            "date_last_stage_update": created,
            "date_closed": closed,
            "active": False,
            "probability": 0.0,
            "automated_probability": 0.0,
            "won_status": "lost",
            # Nobody worked these along the process: they never became deals.
            "sales_process_id": None,
            "sales_process_stage_id": None,
            "sales_gate_state": None,
        }

    @api.model
    def _demo_compute_kpi(self):
        """The indicators of the eighteen months that the demo company has behind it; weeks of late only."""
        self._compute_periods(
            self.sudo().env["sales.process.kpi"].search([("active", "=", True), ("code", "not in", OF_GOALS)])
        )

    @api.model
    def _demo_compute_kpi_of_goals(self):
        """Once there are goals: closed periods never change, so those without goals would stay so."""
        self._compute_periods(self.sudo().env["sales.process.kpi"].search([("code", "in", OF_GOALS)]))

    def _compute_periods(self, kpis):
        companies = kpis.env["res.company"].search([("active", "=", True)])
        today = self.env.cr.now().date()
        for cycle, days in COMPUTED_DAYS.items():
            wanted = kpis if cycle != "week" else kpis.filtered(lambda kpi: kpi.cycle == "week")
            for period in periods_between(today - timedelta(days=days), today, cycle):
                wanted._compute_values(period, companies)
        kpis._close_periods(companies)

from datetime import timedelta

from odoo.tools import SQL

from ...tools.period import local_day, period_of
from ..test_multi_company import TwoCompanies


class DashboardCommon(TwoCompanies):
    """Deals of two teams in two stages, some of them beyond the limit, and the values of the present month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sales.process"].search([("id", "not in", (cls.process | cls.process_b).ids)]).active = False
        cls.env["sales.process.kpi.value"].search([]).sudo().unlink()
        cls.p_diagnose.time_limit_days = 2
        cls._activate()
        cls.second_team = cls.env["crm.team"].create({"name": "Second Team", "company_id": cls.company.id})
        cls.process.team_ids += cls.second_team
        cls.deals = cls._lead() + cls._lead(name="Second deal") + cls._lead(cls.colleague, name="Third deal")
        cls.stuck = cls._lead(name="Stuck deal") + cls._lead(cls.colleague, name="Stuck, too")
        cls._put(cls.stuck, cls.diagnose, days=20)
        cls.stuck[:1].expected_revenue = 1000
        cls.month = period_of(local_day(cls.env.cr.now(), cls.company._get_sales_timezone()), "month")
        cls.kpis = cls.env["sales.process.kpi"].search([])
        cls.Dashboard = cls.env["sales.process.dashboard"]
        cls._compute()

    @classmethod
    def _put(cls, leads, stage, days):
        """Deals that have been in a stage for some days, its limit passed the day before yesterday."""
        leads.with_context(sales_process_skip_gate=True).sudo().write({"stage_id": stage.id})
        cls.env.flush_all()
        now = cls.env.cr.now()
        cls.env.cr.execute(
            SQL(
                """UPDATE crm_lead SET stage_id = %s, sales_stage_entered = %s, sales_stage_deadline = %s
                    WHERE id = ANY(%s)""",
                stage.id,
                now - timedelta(days=days),
                now - timedelta(days=2),
                leads.ids,
            )
        )
        cls.env.invalidate_all()

    @classmethod
    def _compute(cls, period=None):
        cls.kpis._compute_values(period or cls.month, cls.company + cls.company_b)
        cls.env["sales.process.stage.load"]._refresh()
        cls.env.invalidate_all()

    def _read(self, user=None, **filters):
        return self.Dashboard.with_user(user or self.manager).get_dashboard(filters)

    def _stages(self, user=None, **filters):
        return self.Dashboard.with_user(user or self.manager).get_stages(filters)

    def _stage(self, stages, process_stage):
        """The figures of one stage."""
        return next(
            stage for process in stages["processes"] for stage in process["stages"] if stage["id"] == process_stage.id
        )

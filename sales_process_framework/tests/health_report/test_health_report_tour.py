from datetime import timedelta

from odoo.tests import HttpCase, tagged

from ...tools.period import period_of, utc_edges
from ..common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestHealthReportTour(SalesProcessCommon, HttpCase):
    def test_manager_reads_compares_and_prints_the_report(self):
        Report = self.env["sales.process.health.report"]
        Report.search([]).unlink()
        # One of six deals was won last month, one of two in the month before.
        wanted = ("win_rate", "nps")
        self.env["sales.process.kpi"].search([("code", "not in", wanted)]).active = False
        zone = self.company._get_sales_timezone()
        last = period_of(Report._get_today(self.company), "month").previous()
        for period, lost in ((last.previous(), 1), (last, 5)):
            closed = utc_edges(period, zone)[0] + timedelta(days=3)
            deals = self.env["crm.lead"].create(
                [
                    {
                        "name": name,
                        "type": "opportunity",
                        "team_id": self.other_team.id,
                        "user_id": self.rep.id,
                        "company_id": self.company.id,
                    }
                    for name in ["Won deal", *["Lost deal"] * lost]
                ]
            )
            self.env.flush_all()
            self.env.cr.execute(
                """UPDATE crm_lead SET date_closed = %s, active = name = 'Won deal',
                          won_status = CASE name WHEN 'Won deal' THEN 'won' ELSE 'lost' END WHERE id = ANY(%s)""",
                [closed, deals.ids],
            )
        self.env.invalidate_all()
        for period in (last.previous(), last):
            Report.create({"company_id": self.company.id, "date_from": period.start})

        self.start_tour("/odoo/crm", "sales_process_health_report_tour", login=self.manager.login)

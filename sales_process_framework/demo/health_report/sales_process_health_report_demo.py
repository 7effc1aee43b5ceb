from datetime import timedelta

from odoo import Command, api, models

from ...tools.period import period_of, utc_edges
from .. import sql

#: How many past periods have a report, by cycle.
MADE = {"month": 4, "quarter": 1}
#: Hours after the end of a period at which its report was made.
AFTER = 30


class SalesProcessHealthReportDemo(models.AbstractModel):
    """Reports of the last months, as their schedule would have made them, and who gets them."""

    _name = "sales.process.demo.health.report"
    _inherit = "sales.process.demo"
    _description = "Demo company: health reports"

    @api.model
    def _demo_build_health_reports(self):
        if self.env.ref("sales_process_framework.health_report_demo_main_month_1", raise_if_not_found=False):
            return
        quiet = self.sudo().with_context(tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True)
        monthly = quiet._ref("health_report_schedule_monthly")
        monthly.write({"subscriber_ids": [Command.link(quiet._ref("user_manager").id)]})
        companies = {"main": quiet.env.ref("base.main_company"), "nordhafen": quiet._ref("company_nordhafen")}
        for name, company in companies.items():
            for cycle, count in MADE.items():
                quiet._build_reports(name, company, cycle, count)

    def _build_reports(self, name, company, cycle, count):
        Report = self.env["sales.process.health.report"]
        period = period_of(Report._get_today(company), cycle)
        periods = []
        while len(periods) < count:
            period = period.previous()
            periods.append(period)
        # The oldest first: each is compared with the one before it.
        for number, period in reversed(list(enumerate(periods, 1))):
            report = Report.create({"company_id": company.id, "cycle": cycle, "date_from": period.start})
            made = utc_edges(period, company._get_sales_timezone())[1] + timedelta(hours=AFTER)
            self.env.flush_all()
            sql.update(self.env, "sales_process_health_report", [{"id": report.id, "create_date": made}])
            report.invalidate_recordset(["create_date"])
            self._name_records({f"health_report_demo_{name}_{cycle}_{number}": report})

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..tools.period import local_day

SETTINGS = ("sales_process_ceiling", "resource_calendar_id")


class ResCompany(models.Model):
    _inherit = "res.company"

    sales_process_enforcement = fields.Selection(
        [("block", "Block"), ("warn", "Warn"), ("off", "Off")],
        string="Enforcement of New Processes",
        default="block",
        required=True,
    )
    sales_process_ceiling = fields.Selection(
        [
            ("block", "As each process says"),
            ("warn", "At most a warning"),
            ("off", "Off: checklists are only shown"),
        ],
        string="Gates of This Company",
        default="block",
        required=True,
    )
    sales_process_mandatory = fields.Boolean(string="New Requirements Are Mandatory", default=True)
    sales_kpi_closing_days = fields.Integer(
        string="Closing Days",
        default=5,
        help="Days after its end in which a period's indicators still change; then they are closed.",
    )

    @api.model
    @tools.ormcache("company_id")
    def _get_process_settings(self, company_id):
        """:return: (ceiling of enforcement, id of the working time), read with every opening of a lead"""
        company = self.sudo().browse(company_id)
        return company.sales_process_ceiling or "block", company.resource_calendar_id.id

    @api.constrains("sales_kpi_closing_days")
    def _check_sales_kpi_closing_days(self):
        if any(company.sales_kpi_closing_days < 0 for company in self):
            raise ValidationError(self.env._("Closing days cannot be negative."))

    def _get_sales_timezone(self):
        """:return: name of the time zone in which the company's days, months and years begin"""
        self.ensure_one()
        company = self.sudo()
        return company.partner_id.tz or company.resource_calendar_id.tz or "UTC"

    def _get_sales_today(self):
        """:return: the date in that time zone"""
        return local_day(self.env.cr.now(), self._get_sales_timezone())

    def write(self, vals):
        result = super().write(vals)
        if any(name in vals for name in SETTINGS):
            self.env.registry.clear_cache()
            if "resource_calendar_id" in vals:
                self._replan()
        return result

    def _replan(self):
        """Clocks and promises still open follow the company's new working time, or the clock when it has none."""
        self.env["sales.process.response"]._replan_later()
        if self.env["sales.process.sla.policy"]._is_in_use():
            departments = self.env["sales.process.department"].sudo().with_context(active_test=False)
            own = [("calendar_id", "=", False), ("company_id", "in", [*self.ids, False])]
            if concerned := departments.search(own):
                concerned.env["sales.process.support.request"]._replan([("department_id", "in", concerned.ids)])

from odoo import fields, models


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

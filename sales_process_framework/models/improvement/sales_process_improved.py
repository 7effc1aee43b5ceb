from odoo import api, fields, models


class SalesProcessImproved(models.AbstractModel):
    """A version as what carries improvements."""

    _name = "sales.process.improved"
    _description = "Version With Improvements"

    improvement_ids = fields.One2many(
        "sales.process.improvement", "version_id", string="Improvements", help="What this version brings."
    )
    improvement_count = fields.Integer(compute="_compute_improvement_count")

    @api.depends("improvement_ids")
    def _compute_improvement_count(self):
        counts = dict(
            self.env["sales.process.improvement"]._read_group(
                [("version_id", "in", self.ids)], ["version_id"], ["__count"]
            )
        )
        for process in self:
            process.improvement_count = counts.get(process._origin, 0)

    def write(self, vals):
        fresh = self.filtered(lambda process: process.state != "active") if vals.get("state") == "active" else self[:0]
        result = super().write(vals)
        if fresh:
            self.env["sales.process.improvement"]._on_versions_activated(fresh)
        return result

    def action_view_improvements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_process_framework.sales_process_improvement_action"
        )
        return action | {
            "domain": [("version_id", "=", self.id)],
            "context": {"default_version_id": self.id, "default_company_id": self.company_id.id},
        }

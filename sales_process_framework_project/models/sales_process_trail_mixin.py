from odoo import models
from odoo.fields import Domain

from odoo.addons.sales_process_framework.models.trail.trail_source import TrailSource


class SalesProcessTrailMixin(models.AbstractModel):
    _inherit = "sales.process.trail.mixin"

    def _get_trail_sources(self, scope):
        # Odoo Community has no helpdesk: service for a customer is a task.
        return [
            *super()._get_trail_sources(scope),
            TrailSource(
                kind="task",
                label=self.env._("Task"),
                icon="fa-tasks",
                model="project.task",
                domain=scope.domain(partner="partner_id") & Domain("has_template_ancestor", "=", False),
                date="create_date",
                state="state",
            ),
        ]

from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _filter_sales_process_present(self):
        """Users who are not on leave now, by the leaves of their working time."""
        now = self.env.cr.now()
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id.user_id", "in", self.ids),
                    ("time_type", "=", "leave"),
                    ("date_from", "<=", now),
                    ("date_to", ">=", now),
                ]
            )
        )
        return self - leaves.resource_id.user_id

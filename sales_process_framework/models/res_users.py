from odoo import models

from odoo.addons.mail.tools.discuss import Store


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

    def _init_store_data(self, store: Store):
        """Tell the chatter whether a note can count as a contact, and who may keep a message as feedback."""
        result = super()._init_store_data(store)
        if self.env["sales.process.touch"]._is_recording():
            store.add_global_values(
                sales_process_records_touches=self.env.user.has_group("sales_team.group_sale_salesman")
            )
        store.add_global_values(sales_process_manages_feedback=self.env.user.has_group("sales_team.group_sale_manager"))
        return result

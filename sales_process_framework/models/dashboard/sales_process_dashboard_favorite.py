from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.dashboard import KEYS

SHOWN = 50


class SalesProcessDashboardFavorite(models.Model):
    """A view of the dashboard that somebody keeps under a name, or a manager shares."""

    _name = "sales.process.dashboard.favorite"
    _description = "Favourite of the Dashboard"
    _order = "name, id"

    name = fields.Char(required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Of",
        default=lambda self: self.env.user,
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: shared with everyone.",
    )
    filters = fields.Json()
    is_default = fields.Boolean(string="First View", help="What the dashboard of this user opens with.")

    _one_default = models.UniqueIndex(
        "(user_id) WHERE is_default AND user_id IS NOT NULL", "The dashboard opens with one view."
    )

    @api.constrains("filters")
    def _check_filters(self):
        for favorite in self:
            if not isinstance(favorite.filters or {}, dict) or set(favorite.filters or {}) - KEYS:
                raise ValidationError(self.env._("A favourite keeps the filters of the dashboard and nothing else."))

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("is_default") for vals in vals_list):
            before = self._get_default()
            before.is_default = False
            # The index sees each statement.
            before.flush_recordset()
        return super().create(vals_list)

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            # Record rules have looked at it before it changed hands.
            self.check_access("write")
        return result

    @api.model
    def _get_choices(self):
        """:return: what this user may choose from"""
        return [
            {
                "id": favorite.id,
                "name": favorite.name,
                "filters": favorite.filters or {},
                "is_default": favorite.is_default,
                "is_shared": not favorite.user_id,
                "can_delete": favorite.user_id.id == self.env.uid
                or (not favorite.user_id and self.env.user.has_group("sales_team.group_sale_manager")),
            }
            for favorite in self.search([], limit=SHOWN)
        ]

    @api.model
    def _get_default(self):
        return self.search([("user_id", "=", self.env.uid), ("is_default", "=", True)], limit=1)

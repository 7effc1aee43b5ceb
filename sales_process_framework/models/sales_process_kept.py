from odoo import api, models
from odoo.exceptions import UserError


class SalesProcessKept(models.AbstractModel):
    """Records with fields that their own steps set, and nobody by hand: buttons write them with sudo."""

    _name = "sales.process.kept"
    _description = "Record That Keeps Fields Itself"

    #: Names of those fields.
    _kept_fields = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # A form may send along what a new record has anyway.
            names = {name for name in self._kept_fields & vals.keys() if vals[name]}
            first = self.default_get(list(names)) if names else {}
            self._check_kept_fields({name for name in names if vals[name] != first.get(name)})
        return super().create(vals_list)

    def write(self, vals):
        self._check_kept_fields(self._kept_fields & vals.keys())
        return super().write(vals)

    @api.model
    def _check_kept_fields(self, names):
        if names and not self.env.su:
            raise UserError(
                self.env._(
                    "%(model)s: the record keeps this itself: %(fields)s. Use its buttons.",
                    model=self.env["ir.model"]._get(self._name).sudo().name,
                    fields=", ".join(sorted(self._fields[name]._description_string(self.env) for name in names)),
                )
            )

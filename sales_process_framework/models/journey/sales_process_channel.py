from odoo import api, fields, models

#: Where a touchpoint takes place.
CHANNEL_KINDS = [("online", "Online"), ("offline", "Offline"), ("internal", "Internal")]


class SalesProcessChannel(models.Model):
    _name = "sales.process.channel"
    _description = "Touchpoint Channel"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(CHANNEL_KINDS, required=True, default="online")
    key = fields.Char(help="Names the channel in exported files.", copy=False)

    _key_once = models.UniqueIndex("(key) WHERE key IS NOT NULL", "Another channel has this key already.")

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # Blank is no key; two channels without one do not get into each other's way.
            vals["key"] = vals.get("key") or False
        channels = super().create(vals_list)
        self.env["sales.process.journey"]._clear_journeys()
        return channels

    def write(self, vals):
        if "key" in vals:
            vals = {**vals, "key": vals["key"] or False}
        result = super().write(vals)
        self.env["sales.process.journey"]._clear_journeys()
        return result

from odoo import models


class SalesProcessStage(models.Model):
    _inherit = "sales.process.stage"

    def _is_twin_of(self, stages):
        """Whether this is the same stage as one of ``stages`` in another version of the process."""
        self.ensure_one()
        return any(
            (self.key and self.key == other.key)
            or (self.stage_id and self.stage_id == other.stage_id)
            or (not self.key and self.name == other.name)
            for other in stages
            if other.process_id != self.process_id
        )

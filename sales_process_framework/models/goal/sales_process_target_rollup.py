from collections import defaultdict

from odoo import api, fields, models


class SalesProcessTargetRollup(models.AbstractModel):
    """How far the parts of a goal have come, up the tree: what an objective is worth by its key results."""

    _name = "sales.process.target.rollup"
    _description = "Goals rolled up"

    parts_attainment = fields.Float(
        string="Progress of Parts",
        compute="_compute_parts_attainment",
        help="Mean of what the parts have reached, in percent, by their shares. A part counts for 100 at most, so that "
        "none hides another; those without data do not count yet; a part with parts of its own counts by them.",
    )
    has_parts_attainment = fields.Boolean(compute="_compute_parts_attainment")

    @api.depends("child_ids.value", "child_ids.share", "child_ids.parent_id")
    def _compute_parts_attainment(self):
        saved = self.filtered(lambda goal: isinstance(goal.id, int))
        tree = self.search([("id", "child_of", saved.ids)]) if saved else self.browse()
        parts = defaultdict(self.browse)
        for goal in tree:
            parts[goal.parent_id.id] += goal
        rolled = {}
        # the deepest first
        for goal in tree.sorted(lambda goal: len(goal.parent_path or ""), reverse=True):
            known = [(part.share, rolled[part.id]) for part in parts[goal.id] if rolled[part.id] is not None]
            weight = sum(share for share, _reached in known)
            if weight:
                rolled[goal.id] = sum(share * min(reached, 100.0) for share, reached in known) / weight
            else:
                rolled[goal.id] = goal.attainment if goal.has_actual else None
        for goal in self:
            reached = rolled.get(goal.id) if parts[goal.id] else None
            goal.has_parts_attainment = reached is not None
            goal.parts_attainment = reached or 0.0

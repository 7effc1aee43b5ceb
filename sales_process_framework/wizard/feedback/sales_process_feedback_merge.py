from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...models.feedback.sales_process_feedback_similar import SEARCHED


class SalesProcessFeedbackMerge(models.TransientModel):
    """Puts together what says the same: texts are kept, people are counted once."""

    _name = "sales.process.feedback.merge"
    _description = "Merge Feedback"

    main_id = fields.Many2one(
        "sales.process.feedback", string="Goes On As", required=True, domain="[('id', 'in', feedback_ids)]"
    )
    feedback_ids = fields.Many2many("sales.process.feedback", string="Says the Same", required=True)
    company_id = fields.Many2one(related="main_id.company_id")

    @api.model
    def default_get(self, fields):
        """Several that were chosen; for a single one those that are probably the same, to be looked at."""
        values = super().default_get(fields)
        Feedback = self.env["sales.process.feedback"]
        chosen = Feedback.browse(self.env.context.get("default_searched_ids") or self._get_active_ids()).exists()
        chosen = chosen.mapped(lambda one: one.merged_into_id or one)
        if not chosen:
            return values
        main = chosen.sorted(lambda one: (-one.vote_count, one.id))[0]
        if len(chosen) == 1:
            scores = Feedback._get_similar(
                main.text,
                main.requirement_id,
                main.process_stage_id,
                companies=main.company_id,
                limit=SEARCHED,
                domain=[("id", "!=", main.id)],
            )
            # What the user may not see is not put together by them either.
            chosen |= Feedback.search([("id", "in", list(scores))]).sorted(lambda one: -scores[one.id])
        return {**values, "main_id": main.id, "feedback_ids": [Command.set(chosen.ids)]}

    def _get_active_ids(self):
        if self.env.context.get("active_model") != "sales.process.feedback":
            return []
        return self.env.context.get("active_ids") or []

    def action_merge(self):
        self.ensure_one()
        others = self.feedback_ids - self.main_id
        if not others:
            raise UserError(self.env._("Choose at least two that say the same."))
        root = others._merge_into(self.main_id)
        return {
            "type": "ir.actions.act_window",
            "res_model": root._name,
            "res_id": root.id,
            "views": [(False, "form")],
        }

from odoo import models
from odoo.exceptions import UserError

STEPS = ("look_back", "assess", "conclude", "actions", "closed")


class SalesProcessReviewSteps(models.AbstractModel):
    """The four steps of a retrospective (S6.3), and what has to be there before it is closed."""

    _name = "sales.process.review.steps"
    _description = "Steps of Reviews"

    def action_next(self):
        """On to the next step; the last one is left by closing the review."""
        self.check_access("write")
        self._check_open()
        for review in self:
            review._go(STEPS[min(STEPS.index(review.state) + 1, len(STEPS) - 2)])
        return True

    def action_back(self):
        self.check_access("write")
        self._check_open()
        for review in self:
            review._go(STEPS[max(STEPS.index(review.state) - 1, 0)])
        return True

    def action_close(self):
        """Settle the minutes: nothing of them changes from here on. Actions go on; the next review asks for them."""
        self.check_access("write")
        self._check_open()
        for review in self:
            review._check_complete()
        for review in self:
            review._close()
        return True

    def _go(self, state):
        # sudo: kept by the review itself
        self.sudo().state = state

    def _check_complete(self):
        """:raise UserError: what is missing, all of it in one message"""
        self.ensure_one()
        if self.state != "actions":
            raise UserError(self.env._("“%s”: go through all steps before you close the review.", self.name))
        unsettled = self.topic_ids.filtered(lambda topic: topic.severity == "critical" and not topic.is_settled)
        unexplained = self.topic_ids.filtered(
            lambda topic: topic.postponed and not (topic.postponed_reason or "").strip()
        )
        lines = [
            self.env._("“%s” is critical: write a conclusion, or postpone it with a reason.", topic.name)
            for topic in unsettled - unexplained
        ]
        lines += [self.env._("“%s” is postponed: say why.", topic.name) for topic in unexplained]
        if lines:
            raise UserError("\n".join([self.env._("The review cannot be closed yet."), *lines]))

    def _close(self):
        self.ensure_one()
        # sudo: kept by the review and its actions themselves
        review = self.sudo()
        for action in review.action_ids:
            action.write({"date_agreed": action.date_deadline, "owner_agreed_id": action.user_id.id})
        review.write(
            {
                "look_back": review._prepare_look_back(),
                "state": "closed",
                "date_closed": self.env.cr.now(),
                "closed_by_id": self.env.uid,
            }
        )
        review.activity_ids.filtered(lambda activity: activity not in review.action_ids.activity_id).unlink()

    def _prepare_look_back(self):
        """:return: [{"name", "owner", "due": date, "state", "late", "outcome", "review"}] of the earlier actions"""
        self.ensure_one()
        return [
            {
                "name": action.name,
                "owner": action.user_id.name,
                "due": action.date_deadline.isoformat(),
                "state": action.state,
                "late": action.is_late,
                "outcome": action.outcome or "",
                "review": action.review_id.name,
            }
            for action in self.earlier_action_ids
        ]

    def action_view_actions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_process_framework.sales_process_review_action_action"
        )
        return action | {"domain": [("review_id", "=", self.id)], "context": {"default_review_id": self.id}}

    def action_view_improvements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_process_framework.sales_process_improvement_action"
        )
        return action | {"domain": [("review_id", "=", self.id)], "context": {"create": False}}

    def action_print_support_agenda(self):
        """The agenda of the weekly meeting with the other departments, for what is open now (R3)."""
        self.ensure_one()
        self.check_access("read")
        return self.env["sales.process.support.request"].action_print_agenda()

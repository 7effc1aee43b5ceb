from odoo import models
from odoo.fields import Domain

#: Models whose rows belong to a lead: who may not see the lead does not see them either.
MODELS_OF_LEAD = {
    "sales.process.alert",
    "sales.process.alert.effect",
    "sales.process.answer",
    "sales.process.buyer",
    "sales.process.closing.change",
    "sales.process.decision",
    "sales.process.deliverable",
    "sales.process.exception",
    "sales.process.fact.alert",
    "sales.process.fact.answer",
    "sales.process.fact.decision",
    "sales.process.fact.deliverable",
    "sales.process.fact.exception",
    "sales.process.fact.response",
    "sales.process.fact.touch",
    "sales.process.feedback",
    "sales.process.pilot.assignment",
    "sales.process.migration.lead",
    "sales.process.touch",
    "sales.process.response",
    "sales.process.visit",
}
REQUEST = "sales.process.support.request"
REQUESTS = (REQUEST, "sales.process.fact.support")
PAUSE = "sales.process.support.pause"
DECISIONS = ("sales.process.decision", "sales.process.fact.decision")
ALERTS = ("sales.process.alert", "sales.process.alert.effect", "sales.process.fact.alert")


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _compute_domain(self, model_name, mode="read"):
        """Facts follow the rules of their lead, whatever those are, and need no copy of them."""
        domain = super()._compute_domain(model_name, mode)
        if model_name in (*REQUESTS, PAUSE) and not self.env.su:
            return domain & self._get_support_domain(model_name, mode)
        if model_name not in MODELS_OF_LEAD or self.env.su:
            return domain
        lead_domain = super()._compute_domain("crm.lead", "read" if mode == "read" else "write")
        follows = Domain("lead_id", "any!", lead_domain)
        if model_name in DECISIONS:
            # Refused with its creation, the lead is kept by name only: for whoever tried, and for administrators.
            everybodys = self.env.user.has_group("sales_team.group_sale_manager")
            author = "user_id" if model_name == "sales.process.decision" else "by_id"
            own = Domain.TRUE if everybodys else Domain(author, "=", self.env.uid)
            follows |= Domain("lead_id", "=", False) & own
        if model_name == "sales.process.feedback":
            # Much of it is about no lead at all; whoever gave it keeps seeing it.
            follows |= Domain("lead_id", "=", False)
            follows |= Domain("voice_ids", "any!", [("user_id", "=", self.env.uid)])
        if model_name in ALERTS:
            # Whoever is told sees the alert; those of indicators have no lead and are administrators' besides.
            if model_name == "sales.process.alert":
                follows |= Domain("receiver_ids", "in", [self.env.uid])
            if self.env.user.has_group("sales_team.group_sale_manager"):
                follows |= Domain("lead_id", "=", False)
        return domain & follows

    def _get_support_domain(self, model_name, mode):
        """A request is seen by its department and by whoever sees the lead; its pauses follow it."""
        if model_name == PAUSE:
            return Domain("request_id", "any!", self._compute_domain(REQUEST, mode))
        seen = Domain("department_id", "any!", [("member_ids", "in", [self.env.uid])])
        # Whoever has no access to leads at all has no rules on them either: nothing may follow from that.
        if self.env["ir.model.access"].check("crm.lead", "read", raise_exception=False):
            seen |= Domain("lead_id", "any!", self._compute_domain("crm.lead", "read"))
        return seen

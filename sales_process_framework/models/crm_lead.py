from odoo import models


class CrmLead(models.Model):
    # Composition only: the mixins stand before crm.lead, so that their write and create wrap CRM's own.
    _name = "crm.lead"
    _inherit = [
        "sales.process.pilot.mixin",
        "sales.process.response.mixin",
        "sales.process.touch.mixin",
        "sales.process.checklist.mixin",
        "sales.process.lead.trail.mixin",
        "sales.process.alert.mixin",
        "sales.process.scorecard.lead.mixin",
        "sales.process.health.mixin",
        "sales.process.enablement.mixin",
        "sales.process.feedback.mixin",
        "sales.process.buyer.mixin",
        "sales.process.support.mixin",
        "sales.process.kpi.mixin",
        "sales.process.history.mixin",
        "sales.process.gate.mixin",
        "crm.lead",
    ]

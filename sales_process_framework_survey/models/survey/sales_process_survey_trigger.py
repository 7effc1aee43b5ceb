from odoo import api, models
from odoo.tools import SQL


class SalesProcessSurveyTrigger(models.AbstractModel):
    """What makes a program ask: one SELECT for each kind of trigger, ``key, lead_id, date`` of what happened.

    Other addons add kinds by extending the selection and a method ``_events_<trigger>``.
    """

    _name = "sales.process.survey.trigger"
    _description = "Triggers of Survey Programs"

    def _get_events_sql(self):
        self.ensure_one()
        return getattr(self, f"_events_{self.trigger}")()

    def _events_stage(self):
        """A lead came into one of the stages, or into what continues them in a later version of the process."""
        return SQL(
            """
            WITH RECURSIVE stage(id) AS (
                SELECT chosen.stage_id FROM sales_process_survey_program_stage_rel AS chosen
                 WHERE chosen.program_id = %(program)s
                 UNION
                SELECT next.id FROM sales_process_stage AS next JOIN stage ON next.previous_id = stage.id
            )
            SELECT 'visit:' || visit.id AS key, visit.lead_id, visit.entered AS date
              FROM sales_process_visit AS visit
             WHERE visit.process_stage_id IN (SELECT id FROM stage) AND visit.direction <> 'backward'
            """,
            program=self.id,
        )

    def _events_won(self):
        """A lead was won; won, reopened and won again is once."""
        return SQL(
            """SELECT 'won:' || won.id AS key, won.id AS lead_id, won.date_closed AS date
                 FROM crm_lead AS won WHERE won.won_status = 'won' AND won.date_closed IS NOT NULL"""
        )

    def _events_touchpoint(self):
        """One of the touchpoints took place. Being asked is a contact as well, but none to ask about."""
        return SQL(
            """SELECT 'touch:' || touch.id AS key, touch.lead_id, touch.date
                 FROM sales_process_touch AS touch
                 JOIN sales_process_survey_program_touchpoint_rel AS chosen
                   ON chosen.touchpoint_id = touch.touchpoint_id AND chosen.program_id = %s
                WHERE touch.source <> 'survey'""",
            self.id,
        )

    def _events_delivered(self):
        """Everything of an order of the lead was delivered: the day of its last delivery."""
        return SQL(
            """SELECT 'order:' || sale.id AS key, sale.opportunity_id AS lead_id, MAX(picking.date_done) AS date
                 FROM sale_order AS sale
                 JOIN stock_picking AS picking ON picking.sale_id = sale.id AND picking.state = 'done'
                WHERE sale.state = 'sale' AND sale.delivery_status = 'full' AND sale.opportunity_id IS NOT NULL
                GROUP BY sale.id, sale.opportunity_id"""
        )

    @api.model
    def _get_missing_app(self, trigger):
        """:return: what to install so that a trigger can happen; False when it can"""
        if trigger != "delivered":
            return False
        fields = self.env["sale.order"]._fields if "sale.order" in self.env else {}
        if {"delivery_status", "opportunity_id"} <= fields.keys():
            return False
        return self.env._(
            "Install Sales and Inventory to ask after the delivery of an order; without them choose the stage of "
            "delivery or after-sales."
        )

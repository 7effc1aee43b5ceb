from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import survival

#: Latest stays of won deals that a limit is learned from.
STAYS = 1000


class SalesProcessStageLimit(models.AbstractModel):
    """A time limit that a stage could have, learned from the deals that were won."""

    _name = "sales.process.stage.limit"
    _description = "Time limits learned from won deals"

    suggested_limit_days = fields.Float(
        string="Suggested Time Limit",
        compute="_compute_suggested_limit",
        digits=(16, 1),
        help="Working days within which four in five stays of won deals ended; 0 as long as there are too few.",
    )
    suggested_limit_sample = fields.Integer(
        string="Stays of Won Deals", compute="_compute_suggested_limit", help="What the suggestion is learned from."
    )
    suggested_limit_minimum = fields.Integer(compute="_compute_suggested_limit")

    @api.depends("stage_id", "process_id")
    def _compute_suggested_limit(self):
        for stage in self:
            days = stage._get_stays_of_won_deals() if stage._origin else []
            stage.suggested_limit_sample = len(days)
            stage.suggested_limit_days = survival.suggest_limit(days) or 0.0
            stage.suggested_limit_minimum = survival.MINIMUM_STAYS

    def _get_stays_of_won_deals(self):
        """:return: working days of each of the latest stays in this stage, in this or an earlier version"""
        self.ensure_one()
        processes = version = self.process_id
        while version := version.predecessor_id - processes:
            processes |= version
        if not self.stage_id:
            return []
        # sudo: a figure over all deals of the process, no record is shown
        Visit = self.env["sales.process.visit"].sudo()
        Visit.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT visit.entered, visit."left"
                     FROM sales_process_visit AS visit
                     JOIN crm_lead AS lead ON lead.id = visit.lead_id
                    WHERE visit.stage_id = %s AND visit.process_id = ANY(%s) AND visit."left" IS NOT NULL
                      AND lead.won_status = 'won'
                    ORDER BY visit."left" DESC LIMIT %s""",
                self.stage_id.id,
                processes.ids,
                STAYS,
            )
        )
        calendar = self.process_id.sudo()._get_calendar()
        hours = calendar.hours_per_day or 24.0
        return [calendar._count_working_seconds(entered, left) / 3600 / hours for entered, left in rows]

    def action_take_suggested_limit(self):
        """Make the suggestion the limit; a version in use is frozen and says so."""
        for stage in self:
            if stage.suggested_limit_days:
                stage.time_limit_days = stage.suggested_limit_days

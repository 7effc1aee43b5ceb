from odoo import api, models
from odoo.tools import SQL

#: Of each hundred opportunities so many had their closing date put off once, twice, three times.
PUSHED = (22, 9, 4)
PUSH_DAYS = (14, 28, 21)


class SalesProcessHealthDemo(models.AbstractModel):
    _name = "sales.process.demo.health"
    _inherit = "sales.process.demo"
    _description = "Demo company: health of its leads"

    @api.model
    def _demo_build_health(self):
        """Closing dates of some deals were put off on the way; then every open lead gets its score."""
        self.env.flush_all()
        for number, days in enumerate(PUSH_DAYS):
            self._push(number, days, sum(PUSHED[number:]))
        self.env["sales.process.health.sql"].sudo()._refresh_all_health()

    def _push(self, number, days, share):
        """The ``number``-th time that dates were put off, at the start of a later stage each time."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sales_process_closing_change (lead_id, company_id, process_id, process_stage_id, team_id,
                            user_id, changed_by_id, date, from_date, to_date, days)
                SELECT lead.id, COALESCE(lead.company_id, team.company_id), visit.process_id, visit.process_stage_id,
                       lead.team_id, lead.user_id, lead.user_id, visit.entered + interval '3 hours',
                       lead.date_deadline - %(days)s, lead.date_deadline, %(days)s
                  FROM crm_lead AS lead
                  JOIN crm_team AS team ON team.id = lead.team_id
                  JOIN LATERAL (SELECT * FROM sales_process_visit
                                 WHERE lead_id = lead.id AND process_stage_id IS NOT NULL
                                   AND entered + interval '3 hours' < COALESCE("left", %(now)s)
                                 ORDER BY entered OFFSET %(number)s + 1 LIMIT 1) AS visit ON TRUE
                 WHERE lead.sales_process_id IS NOT NULL AND lead.date_deadline IS NOT NULL
                   AND (lead.id * 37) %% 100 < %(share)s
                """,
                days=days,
                number=number,
                share=share,
                now=self.env.cr.now(),
            )
        )

from odoo import models
from odoo.tools import SQL


class SalesProcessKpiFactsStages(models.AbstractModel):
    """Where deals go on, how long that takes, and where they stall."""

    _name = "sales.process.kpi.facts.stages"
    _description = "Facts about stages"
    _inherit = ["sales.process.kpi.facts.base"]

    def _get_fact_models(self):
        kinds = ("stage_conversion", "stage_time", "stalled")
        return {**super()._get_fact_models(), **dict.fromkeys(kinds, "sales.process.visit")}

    def _get_event_builtins(self):
        return super()._get_event_builtins() | {"stage_conversion"}

    def _facts_stage_conversion(self, start, stop, company_ids):
        """Stays that ended with a step forward or a sale / stays that ended in the period, in percent. Flow.

        Lost, archived, sent back and parked are the other half; stays that go on count in neither.
        """
        return self._select_visits(
            company_ids,
            where=self._sql_between(SQL('visit."left"'), start, stop),
            num=SQL("(visit.outcome IN ('advanced', 'won'))::int"),
            den=SQL("1"),
        )

    def _facts_stage_time(self, start, stop, company_ids):
        """Median calendar days of the stays that ended in the period, however they ended. Flow."""
        return self._select_visits(
            company_ids,
            where=self._sql_between(SQL('visit."left"'), start, stop),
            num=SQL("visit.duration_days"),
            den=SQL("1"),
        )

    def _facts_stalled(self, start, stop, company_ids):
        """Deals beyond the time limit of their stage / deals in a stage with a limit, in percent. Snapshot.

        Of the stays before the sale that were going on at the end of the period; limits are in working time.
        """
        return self._select_visits(
            company_ids,
            where=SQL(
                """visit.entered < %(stop)s AND (visit."left" IS NULL OR visit."left" >= %(stop)s)
                   AND visit.deadline IS NOT NULL AND stage.is_won IS NOT TRUE""",
                stop=stop,
            ),
            joins=SQL("LEFT JOIN crm_stage AS stage ON stage.id = visit.stage_id"),
            num=SQL("(visit.deadline < %s)::int", stop),
            den=SQL("1"),
        )

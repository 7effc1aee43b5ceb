from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...tools.period import period_of

#: What an opportunity list opens with.
OPEN_DEALS = [("type", "=", "opportunity"), ("won_status", "=", "pending"), ("active", "=", True)]
RECORD_LIMIT = 1000


class SalesProcessScorecardMend(models.AbstractModel):
    """From a figure to where it comes from, and to what can still be mended."""

    _name = "sales.process.scorecard.mend"
    _description = "Figures of scorecards: where from, and what to do"

    def action_open_value(self):
        """The stored value of the indicator, and from there the records behind it."""
        self.ensure_one()
        self.check_access("read")
        if not self.kpi_value_id:
            return self._prepare_note(self.env._("Nothing was counted for this person in the period."))
        return self.kpi_value_id.get_formview_action()

    def action_mend(self):
        """What lowers the figure, as far as anything can still be done about it.

        :return: a window action on records that the reader may see
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env["crm.lead"].has_access("read"):
            raise AccessError(self.env._("You may see this number, but not the records behind it."))
        kpi = self.kpi_id.sudo()
        special = getattr(self, f"_mend_{kpi.builtin}", None) if kpi.computation == "builtin" else None
        if special:
            return special()
        if kpi.computation != "formula" and kpi.aggregation == "ratio" and self.kpi_value_id:
            return self._prepare_lead_action([("id", "in", self._find_lowering_leads())])
        return self._mend_open_deals()

    def _mend_open_deals(self):
        """What can still be won."""
        return self._prepare_lead_action([*OPEN_DEALS, ("user_id", "=", self.scorecard_id.user_id.id)])

    def _mend_data_completeness(self):
        card = self.scorecard_id
        leads = self.env["crm.lead"]._find_incomplete(card.user_id, card.company_id, limit=RECORD_LIMIT)
        return self._prepare_lead_action([("id", "in", [lead_id for lead_id, _facts in leads])])

    def _mend_node_completion_rate(self):
        """Deals whose stage still asks for something: complete before they move on."""
        domain = [*OPEN_DEALS, ("user_id", "=", self.scorecard_id.user_id.id)]
        return self._prepare_lead_action([*domain, ("sales_gate_state", "in", ("open", "held"))])

    def _mend_node_pass_rate(self):
        return self._mend_node_completion_rate()

    def _mend_proposals_on_time(self):
        """Deals whose stage ends soon."""
        domain = [*OPEN_DEALS, ("user_id", "=", self.scorecard_id.user_id.id)]
        return self._prepare_lead_action([*domain, ("sales_stage_deadline", "!=", False)])

    def _mend_first_response_kept(self):
        """Customers who wait for an answer."""
        return {
            "type": "ir.actions.act_window",
            "name": self._get_mend_name(),
            "res_model": "sales.process.response",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("state", "in", ("running", "breached_open")),
                ("lead_id.user_id", "=", self.scorecard_id.user_id.id),
            ],
            "target": "current",
        }

    def _mend_first_response_time(self):
        return self._mend_first_response_kept()

    def _find_lowering_leads(self):
        """:return: ids of the leads behind what was looked at and did not count, or did where few are better"""
        card, kpi = self.scorecard_id.sudo(), self.kpi_id.sudo()
        self.env.flush_all()
        period = period_of(card.date_from, card.cycle)
        company = card.company_id
        facts = kpi._get_period_facts_sql(period, kpi._get_edges(period, company), company.ids)
        lowering = SQL("fact.num > 0" if kpi.direction == "lower" else "fact.num < fact.den")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT fact.lead_id FROM (%(facts)s) AS fact
                 WHERE %(company)s = %(company_id)s AND fact.user_id = %(user)s AND %(lowering)s
                   AND fact.lead_id IS NOT NULL
                 ORDER BY fact.lead_id DESC LIMIT %(limit)s
                """,
                facts=facts,
                company=kpi._sql_company(SQL("fact.company_id")),
                company_id=company.id,
                user=card.user_id.id,
                lowering=lowering,
                limit=RECORD_LIMIT,
            )
        )
        return [lead_id for (lead_id,) in rows]

    def _prepare_lead_action(self, domain):
        return {
            "type": "ir.actions.act_window",
            "name": self._get_mend_name(),
            "res_model": "crm.lead",
            "views": [(False, "list"), (False, "form")],
            "domain": domain,
            "context": {"active_test": False, "create": False},
            "target": "current",
        }

    def _get_mend_name(self):
        # sudo: the name of the indicator
        return self.env._("%s: what to mend", self.sudo().kpi_id.name)

    @api.model
    def _prepare_note(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": message, "type": "info"},
        }

from odoo import models
from odoo.tools import SQL

from ...tools import rollout


class RolloutRuleAlerts(models.AbstractModel):
    """No critical alert stands on the version, its teams or their indicators, and no guardrail of a pilot is broken."""

    _name = "sales.process.rollout.rule.alerts"
    _inherit = "sales.process.rollout.rule"
    _description = "Entry condition: no critical alert"
    _kind = "alerts"

    def _get_label(self):
        return self.env._("No critical alert")

    def _judge(self, conditions, facts):
        alerts = facts.recall("alerts", self._load_alerts)
        breaches = facts.recall("breaches", self._load_breaches)
        standings = {}
        for condition in conditions:
            found = (*alerts.get(condition.phase_id.id, ()), *breaches.get(condition.phase_id.process_id.id, ()))
            standings[condition.id] = rollout.Standing(have=0 if found else 1, total=1, need=1, missing=found)
        return standings

    def _say(self, condition, standing):
        if standing.holds:
            return self.env._("None")
        return self.env._("%s open", len(standing.missing))

    def _load_alerts(self, phases):
        """Critical alerts of leads on the version, and of indicators of its teams, the version and the company.

        :return: {phase id: tuple of their names}
        """
        teams = [
            (phase.id, phase.process_id.id, phase.company_id.id, team.id)
            for phase in phases
            for team in phase._get_earlier_teams() or phase.team_ids.browse([0])
        ]
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT part.phase, alert.id
                  FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[]) AS part (phase, process, company, team)
                  JOIN sales_process_alert AS alert
                    ON alert.is_current AND alert.severity = 'critical' AND alert.state IN ('open', 'snoozed')
                  LEFT JOIN crm_lead AS lead ON lead.id = alert.lead_id
                  LEFT JOIN sales_process_kpi_value AS value ON value.id = alert.kpi_value_id
                 WHERE (lead.sales_process_id = part.process AND (part.team = 0 OR lead.team_id = part.team)
                        AND (lead.company_id IS NULL OR lead.company_id = part.company))
                    OR (value.company_id = part.company
                        AND (value.scope = 'company' OR (value.scope = 'team' AND value.team_id = part.team)
                             OR (value.scope = 'process' AND value.process_id = part.process)))
                """,
                *([list(column) for column in zip(*teams, strict=True)] if teams else [[], [], [], []]),
            )
        )
        names = {
            alert.id: alert.display_name
            for alert in self.env["sales.process.alert"].browse({alert for _phase, alert in rows})
        }
        found = {}
        for phase, alert in sorted(rows):
            found[phase] = (*found.get(phase, ()), names[alert])
        return found

    def _load_breaches(self, phases):
        """:return: {version id: tuple of texts} of pilots under way whose guardrails are broken"""
        found = {}
        pilots = self.env["sales.process.pilot"].search(
            [
                ("candidate_process_id", "in", phases.process_id.ids),
                ("state", "in", ("running", "extended", "analysis")),
            ]
        )
        for pilot in pilots.filtered("breaches"):
            text = self.env._("Pilot “%s”: a guardrail is broken", pilot.name)
            found[pilot.candidate_process_id.id] = (*found.get(pilot.candidate_process_id.id, ()), text)
        return found

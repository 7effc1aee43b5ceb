from odoo import models
from odoo.tools import SQL


class AlertSourcePilot(models.AbstractModel):
    """A guardrail of a pilot got worse beyond its bound, as long as the pilot is under way."""

    _name = "sales.process.alert.source.pilot_guardrail"
    _inherit = "sales.process.alert.source"
    _description = "Alert: guardrail of a pilot broken"
    _kind = "pilot_guardrail"
    _default_threshold = 0.0
    _needs_process = False
    _uses_lead = False

    def _get_label(self):
        return self.env._("Guardrail of a pilot is broken")

    def _get_unit(self):
        return False

    def _get_sentence(self, rule):
        return self.env._("an indicator that must not get worse during a pilot gets worse, beyond what chance explains")

    def _get_advice(self):
        return self.env._("Open the report of the pilot and decide: go on, or drop the candidate.")

    def _describe(self, alert, facts):
        kpi = self.env["sales.process.kpi"].sudo().browse(facts.get("kpi_id") or ()).exists()
        return self.env._(
            "Pilot “%(pilot)s”: %(kpi)s is worse with the candidate since %(date)s.",
            pilot=facts.get("pilot") or "",
            kpi=kpi.name or "",
            date=self._say_date(facts.get("date")),
        )

    def _open(self, alert):
        return {
            "type": "ir.actions.act_window",
            "res_model": "sales.process.pilot",
            "res_id": (alert.sudo().facts or {}).get("pilot_id"),
            "views": [(False, "form")],
        }

    def _get_causes_sql(self, rule, scan, leads=None):
        return SQL(
            """
            SELECT NULL::integer AS lead_id, NULL::integer AS request_id, NULL::integer AS kpi_value_id, cut.company_id,
                   'pilot:' || pilot.id || ':' || breach.key AS cause_key,
                   (breach.value ->> 'date')::timestamp AS since,
                   jsonb_build_object('pilot_id', pilot.id, 'pilot', pilot.name, 'kpi_id', breach.key::integer,
                                      'date', breach.value ->> 'date') AS facts
              FROM sales_process_pilot AS pilot
              JOIN %(cutoffs)s ON cut.company_id = pilot.company_id
              CROSS JOIN LATERAL jsonb_each(CASE WHEN jsonb_typeof(pilot.breaches) = 'object' THEN pilot.breaches
                                                 ELSE '{}'::jsonb END) AS breach
             WHERE pilot.state NOT IN ('draft', 'adopted', 'dropped')
               AND %(company)s
               AND (cardinality(%(teams)s::integer[]) = 0
                    OR EXISTS (SELECT FROM sales_process_pilot_team_rel AS tried
                                WHERE tried.pilot_id = pilot.id AND tried.team_id = ANY(%(teams)s)))
            """,
            cutoffs=scan.cutoff_table,
            company=SQL("cut.company_id = %s", rule.company_id.id) if rule.company_id else SQL("TRUE"),
            teams=rule.team_ids.ids,
        )

from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class AlertSourceData(models.AbstractModel):
    """What makes a lead complete is what its process says."""

    _name = "sales.process.alert.source.data_incomplete"
    _inherit = "sales.process.alert.source"
    _description = "Alert: data incomplete"
    _kind = "data_incomplete"
    _working_days = True
    _days_field = "days"
    _default_threshold = 80.0
    _uses_days = True
    _uses_stage = True
    _incremental = True

    def _get_label(self):
        return self.env._("Data of the lead incomplete")

    def _get_unit(self):
        return self.env._("% of the fields that the process asks for")

    def _get_sentence(self, rule):
        return self.env._(
            "less than %(percent)g %% of a lead's data is there after %(days)g working days in its stage",
            percent=rule.threshold,
            days=rule.days,
        )

    def _get_advice(self):
        return self.env._("Fill in what is missing; what nobody knows yet is a question for the next call.")

    def _check_rule(self, rule):
        result = super()._check_rule(rule)
        if rule.threshold > 100:
            raise ValidationError(self.env._("“%s”: a share of the data is at most 100 %%.", rule.name))
        return result

    def _describe(self, alert, facts):
        Lead = self.env["crm.lead"]
        names = [Lead._get_completeness_label(key) for key in facts.get("missing") or []]
        return self.env._(
            "%(filled)s of %(total)s fields are filled in. Missing: %(names)s.",
            filled=facts.get("filled"),
            total=facts.get("total"),
            names=", ".join(names),
        )

    def _get_candidates_sql(self, rule, scan):
        return SQL(
            """SELECT visit.lead_id FROM sales_process_visit AS visit
                WHERE visit."left" IS NULL AND visit.process_stage_id = ANY(%(stages)s)
                  AND visit.entered > %(previous)s AND visit.entered <= %(latest)s""",
            previous=scan.previous,
            latest=scan.latest,
            stages=scan.stage_ids,
        )

    def _get_causes_sql(self, rule, scan, leads=None):
        stages = self.env["sales.process.stage"].sudo().browse(scan.stage_ids)
        Process = self.env["sales.process"]
        asked = {}
        for stage in stages:
            asked.setdefault(Process._get_completeness_items(stage.process_id.id)[stage.id], []).append(stage.id)
        parts = [
            self._get_process_causes_sql(rule, scan, leads, stage_ids, items)
            for items, stage_ids in asked.items()
            if items
        ]
        return SQL(" UNION ALL ").join(parts) if parts else self._get_nothing_sql()

    def _get_nothing_sql(self):
        return SQL(
            """SELECT NULL::integer AS lead_id, NULL::integer AS request_id, NULL::integer AS kpi_value_id,
                      NULL::integer AS company_id, NULL::text AS cause_key, NULL::timestamp AS since,
                      NULL::jsonb AS facts WHERE FALSE"""
        )

    def _get_process_causes_sql(self, rule, scan, leads, stage_ids, items):
        Lead = self.env["crm.lead"]
        filled = Lead._get_items_sql("lead", items, scan.latest)
        return SQL(
            """
            SELECT lead.id AS lead_id, NULL::integer AS request_id, NULL::integer AS kpi_value_id,
                   cut.company_id, 'visit:' || visit.id AS cause_key, visit.entered AS since,
                   jsonb_build_object('filled', %(filled)s, 'total', %(total)s::integer,
                                      'missing', %(missing)s) AS facts
              FROM sales_process_visit AS visit
              JOIN crm_lead AS lead ON lead.id = visit.lead_id
              %(joins)s
             WHERE visit."left" IS NULL AND visit.entered <= %(latest)s AND visit.entered <= cut.moment
               AND visit.process_stage_id = ANY(%(stages)s) AND %(open)s %(among)s
               AND 100.0 * %(filled)s < %(limit)s * %(total)s
            """,
            filled=filled,
            total=len(items),
            missing=Lead._get_missing_sql("lead", items, scan.latest),
            joins=self._get_lead_joins_sql(scan),
            latest=scan.latest,
            stages=stage_ids,
            open=self._get_open_lead_sql(rule),
            among=self._among(SQL("visit.lead_id"), leads),
            limit=rule.threshold,
        )

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools.period import period_of
from .sales_process_kpi_engine import FACT_SCOPES

#: A list of more records is read by nobody: it shows the newest of them and says so.
RECORD_LIMIT = 10_000
PARTS = ("numerator", "denominator")


class SalesProcessKpiDrill(models.AbstractModel):
    """The way from a value to the very records behind its numerator and its denominator."""

    _name = "sales.process.kpi.drill"
    _description = "Records behind a Value"

    def action_open_numerator(self):
        return self.get_records_action("numerator")

    def action_open_denominator(self):
        return self.get_records_action("denominator")

    @api.readonly
    def get_records_action(self, part="numerator"):
        """The records behind a value, as far as the reader may see them.

        They are found with the statement that computed the value, so their number is the value's as long as nothing
        was changed since; for a closed period they are today's answer to the same question.

        :param part: "numerator" or "denominator"
        :return: a window action on the model of the facts
        """
        self.ensure_one()
        self.check_access("read")
        if part not in PARTS:
            raise UserError(self.env._("Records stand behind the numerator or the denominator."))
        kpi = self.kpi_id.sudo()
        if kpi.computation == "formula":
            return self._get_operands_action(kpi)
        if kpi.availability != "ok":
            raise UserError(kpi.availability_note)
        model = kpi._get_fact_model(part)
        if not self.env[model].has_access("read"):
            raise AccessError(self.env._("You may see this number, but not the records behind it."))
        record_ids, count = self._get_record_ids(part)
        return self._prepare_records_action(model, record_ids, count, part)

    def _prepare_records_action(self, model, record_ids, count, part):
        labels = {
            "numerator": self.env._("%s: counted", self.display_name),
            "denominator": self.env._("%s: all looked at", self.display_name),
        }
        name = labels[part]
        if count > len(record_ids):
            name = self.env._(
                "%(name)s (the newest %(shown)s of %(count)s)", name=name, shown=len(record_ids), count=count
            )
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", record_ids)],
            # Lost and won leads are behind the numbers as well.
            "context": {"active_test": False, "create": False},
            "target": "current",
        }

    def _get_record_ids(self, part, limit=RECORD_LIMIT):
        """:return: (ids, newest first; how many there are)"""
        self.ensure_one()
        self.env.flush_all()
        kpi = self.kpi_id.sudo()
        period = period_of(self.date_from, self.cycle)
        company = self.company_id.sudo()
        facts = kpi._get_period_facts_sql(period, kpi._get_edges(period, company), company.ids)
        self.env.cr.execute(
            SQL(
                """
                SELECT fact.record_id, COUNT(*) OVER ()
                  FROM (%(facts)s) AS fact %(join)s
                 WHERE %(company)s = %(company_id)s AND %(scope)s AND %(part)s <> 0
                 GROUP BY fact.record_id
                 ORDER BY fact.record_id DESC
                 LIMIT %(limit)s
                """,
                facts=facts,
                join=SQL("JOIN crm_tag_rel AS tagged ON tagged.lead_id = fact.lead_id" if self.scope == "tag" else ""),
                company=kpi._sql_company(SQL("fact.company_id")),
                company_id=company.id,
                scope=self._get_scope_sql(),
                part=self._get_part_sql(kpi, part),
                limit=limit,
            )
        )
        rows = self.env.cr.fetchall()
        return [number for number, _count in rows], rows[0][1] if rows else 0

    def _get_scope_sql(self):
        if self.scope == "company":
            return SQL("TRUE")
        column = SQL("tagged.tag_id") if self.scope == "tag" else SQL.identifier("fact", FACT_SCOPES[self.scope])
        return SQL("%s = %s", column, self.scope_id)

    def _get_part_sql(self, kpi, part):
        """A sum has its records in the numerator alone, a median and an average rest on the denominator's."""
        if kpi.aggregation in ("sum", "count"):
            return SQL("fact.num")
        if kpi.aggregation in ("average", "median"):
            return SQL("fact.den")
        return SQL("fact.num" if part == "numerator" else "fact.den")

    def _get_operands_action(self, kpi):
        """Behind a formula stand the values that it reads."""
        operands = kpi._get_operands()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "sales.process.kpi.value",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("kpi_id", "in", [operand.id for operand in operands.values()]),
                ("company_id", "=", self.company_id.id),
                ("cycle", "=", self.cycle),
                ("date_from", "=", str(self.date_from)),
                ("scope", "=", self.scope),
                ("scope_id", "=", self.scope_id),
                ("is_latest", "=", True),
            ],
            "target": "current",
        }

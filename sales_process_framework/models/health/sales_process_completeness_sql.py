from odoo import api, models
from odoo.tools import SQL

from ...tools import filled
from ...tools.completeness import Item
from ...tools.period import local_day


class SalesProcessCompletenessSql(models.AbstractModel):
    """How complete leads are, as SQL on rows of ``crm_lead``, and what is missing in words."""

    _name = "sales.process.completeness.sql"
    _description = "Completeness of leads"

    def _get_completeness_sql(self, alias, field_names):
        """How many of the fields hold a value, as an SQL expression on a row of ``crm_lead``.

        0 and False are values; blanks and empty HTML are none, as everywhere in a process.

        :param alias: of ``crm_lead`` in the caller's query
        :param field_names: stored fields with a column of their own
        :return: SQL of an integer between 0 and ``len(field_names)``
        """
        return self._get_items_sql(alias, [Item("filled", name) for name in field_names], self.env.cr.now())

    @api.model
    def _get_items_sql(self, alias, items, moment):
        """:return: SQL of how many of the items are there at a moment"""
        parts = [self._get_item_sql(alias, item, moment) for item in items]
        return SQL("(%s)", SQL(" + ").join(parts)) if parts else SQL("0")

    @api.model
    def _get_item_sql(self, alias, item, moment):
        if item.kind == "contact":
            return SQL(
                """(EXISTS (SELECT FROM sales_process_touch AS contact
                             WHERE contact.lead_id = %(lead)s AND contact.human AND contact.date <= %(moment)s
                               AND contact.date > %(moment)s - %(days)s * interval '1 day'))::int""",
                lead=SQL.identifier(alias, "id"),
                moment=moment,
                days=item.days,
            )
        column, field = SQL.identifier(alias, item.field), self._fields[item.field]
        if item.kind == "ahead":
            edge = self._get_local_day_sql(alias, moment) if field.type == "date" else SQL("%s", moment)
            return SQL("(COALESCE(%s >= %s, FALSE))::int", column, edge)
        return filled.filled_sql(column, field.type, field.translate)

    @api.model
    def _get_local_day_sql(self, alias, moment):
        """:return: SQL of the day that it is at a moment in the zone of a lead's company"""
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        days = companies.grouped(lambda company: local_day(moment, company._get_sales_timezone()))
        # A lead without a company is the main company's.
        main = self.env["sales.process.kpi"]._get_home_company_id()
        home = next(day for day, found in days.items() if main in found.ids)
        others = SQL(" ").join(
            SQL("WHEN %s = ANY(%s) THEN %s::date", SQL.identifier(alias, "company_id"), found.ids, day)
            for day, found in days.items()
            if day != home
        )
        return SQL("CASE %s ELSE %s::date END", others, home) if len(days) > 1 else SQL("%s::date", home)

    @api.model
    def _get_missing_sql(self, alias, items, moment):
        """:return: SQL of an array with the keys of what is missing"""
        parts = [
            SQL("CASE WHEN %s = 0 THEN %s END", self._get_item_sql(alias, item, moment), item.key) for item in items
        ]
        return SQL("array_remove(ARRAY[%s]::text[], NULL)", SQL(", ").join(parts))

    @api.model
    def _get_completeness_label(self, key):
        """:return: what is missing, in words, for a key of :class:`~..tools.completeness.Item`"""
        kind, _colon, rest = key.rpartition(":")
        if kind == "contact":
            return self.env._("Contact within %s days", rest)
        label = self._fields[rest]._description_string(self.env) if rest in self._fields else rest
        return self.env._("%s that is not past", label) if kind == "ahead" else label

    @api.model
    def _find_incomplete(self, user, company, limit=None):
        """Open opportunities of a person of which data is missing, those with most missing first.

        :return: [(lead id, {"asked": number, "missing": [keys]})]; whether the caller may see them is the caller's care
        """
        self.env.flush_all()
        Process = self.env["sales.process"].sudo()
        processes = Process.with_context(active_test=False).search([("state", "!=", "draft")])
        groups = Process._get_completeness_groups(processes.ids)
        if not groups:
            return []
        now = self.env.cr.now()
        missing, asked = [], []
        for items, process_ids, stage_ids in groups:
            here = self._get_place_sql(process_ids, stage_ids)
            missing.append(SQL("WHEN %s THEN %s", here, self._get_missing_sql("lead", items, now)))
            asked.append(SQL("WHEN %s THEN %s", here, len(items)))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, asked, missing
                  FROM (SELECT lead.id, CASE %(asked)s END AS asked, CASE %(missing)s END AS missing
                          FROM crm_lead AS lead
                         WHERE lead.user_id = %(user)s AND lead.active AND lead.type = 'opportunity'
                           AND lead.won_status = 'pending' AND lead.sales_process_id IS NOT NULL
                           AND (lead.company_id = %(company)s OR lead.company_id IS NULL)) AS data
                 WHERE cardinality(missing) > 0
                 ORDER BY cardinality(missing) DESC, id DESC
                 LIMIT %(limit)s
                """,
                asked=SQL(" ").join(asked),
                missing=SQL(" ").join(missing),
                user=user.id,
                company=company.id,
                limit=limit,
            )
        )
        return [(lead_id, {"asked": asked, "missing": missing}) for lead_id, asked, missing in rows]

    @api.model
    def _get_place_sql(self, process_ids, stage_ids):
        """Where a lead stands: in one of the stages, or in a process but in none of its stages."""
        return SQL(
            """(lead.sales_process_stage_id = ANY(%s)
                OR lead.sales_process_stage_id IS NULL AND lead.sales_process_id = ANY(%s))""",
            stage_ids,
            process_ids,
        )

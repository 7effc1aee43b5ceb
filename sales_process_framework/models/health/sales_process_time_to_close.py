from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import survival

#: What deals can be told apart by: (column of crm_lead, model).
GROUPS = {
    "none": None,
    "process": ("sales_process_id", "sales.process"),
    "team": ("team_id", "crm.team"),
    "user": ("user_id", "res.users"),
    "source": ("source_id", "utm.source"),
}
#: Groups shown, those with most deals first.
SHOWN = 8


class SalesProcessTimeToClose(models.AbstractModel):
    """How long deals take until they end, won or lost; open ones count for as long as they have lasted."""

    _name = "sales.process.time.to.close"
    _description = "Time to Close"

    @api.model
    @api.readonly
    def get_time_to_close(self, group="none", months=18):
        """Kaplan–Meier estimates over the opportunities that the user may see.

        :param group: a key of :data:`GROUPS`
        :param months: opportunities created within so many months
        :return: {"minimum", "groups": [{"id", "name", "count", "ended", "enough", "median", "low", "high", "curve"}]}
        :raise UserError: for another group or span
        """
        if group not in GROUPS or not isinstance(months, int) or not 1 <= months <= 120:
            raise UserError(self.env._("Choose one of the offered groups, and between 1 and 120 months."))
        self.env["crm.lead"].check_access("read")
        rows = self._read_durations(GROUPS[group], months)
        names = self._get_names(GROUPS[group], [key for key, *_rest in rows])
        everything = self.env._("All opportunities") if group == "none" else self.env._("None")
        groups = []
        for key, ended, still_open in rows:
            found = survival.estimate(ended or (), still_open or ())
            groups.append(
                {
                    "id": key or False,
                    "name": names.get(key) or everything,
                    **{name: getattr(found, name) for name in survival.Estimate.__dataclass_fields__},
                }
            )
        return {"minimum": survival.MINIMUM_ENDED, "groups": groups}

    def _read_durations(self, column, months):
        """:return: [(key, days of ended deals, days of open ones)], most deals first"""
        leads = self.env["crm.lead"].with_context(active_test=False)
        leads.flush_model(["create_date", "date_closed", "won_status", "type", "active"])
        start = SQL("%s - %s * interval '1 month'", self.env.cr.now(), months)
        companies = Domain("company_id", "in", [*self.env.companies.ids, False])
        query = leads._search(Domain("type", "=", "opportunity") & companies)
        key = SQL.identifier("lead", column[0]) if column else SQL("NULL::int")
        return self.env.execute_query(
            SQL(
                """
                SELECT key, array_agg(days) FILTER (WHERE ended), array_agg(days) FILTER (WHERE NOT ended)
                  FROM (SELECT %(key)s AS key, lead.won_status IN ('won', 'lost') AS ended,
                               GREATEST(EXTRACT(EPOCH FROM CASE WHEN lead.won_status IN ('won', 'lost')
                                        THEN lead.date_closed ELSE %(now)s END - lead.create_date), 0)::float8
                               / 86400 AS days
                          FROM crm_lead AS lead
                         WHERE lead.id IN %(leads)s AND lead.create_date >= %(start)s
                           AND (lead.won_status = 'pending' AND lead.active OR lead.date_closed IS NOT NULL)) AS deals
                 GROUP BY key ORDER BY COUNT(*) DESC, key LIMIT %(shown)s
                """,
                key=key,
                now=self.env.cr.now(),
                leads=query.subselect(),
                start=start,
                shown=SHOWN,
            )
        )

    def _get_names(self, column, ids):
        if not column:
            return {}
        # sudo: whoever sees the deals may read by what they are told apart
        records = self.env[column[1]].sudo().browse(number for number in ids if number)
        return {record.id: record.display_name for record in records}

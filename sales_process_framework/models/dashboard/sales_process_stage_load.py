from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.dashboard import AGES

#: The deals that a stage holds: open, and following a process.
OPEN_DEALS = SQL("lead.active AND lead.type = 'opportunity' AND lead.won_status = 'pending'")


class SalesProcessStageLoad(models.Model):
    """How many deals are in each stage now, by team, person and how long they have been there.

    A snapshot that a scheduled action replaces: the dashboard reads a few hundred rows instead of all leads.
    """

    _name = "sales.process.stage.load"
    _description = "Deals in a Stage"
    _order = "process_stage_id, id"
    _rec_name = "process_stage_id"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    process_id = fields.Many2one("sales.process", required=True, readonly=True, ondelete="cascade")
    process_stage_id = fields.Many2one(
        "sales.process.stage", string="Stage", required=True, readonly=True, ondelete="cascade"
    )
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True, ondelete="cascade")
    age = fields.Selection(
        [
            ("week", "Up to 7 days"),
            ("fortnight", "8 to 14 days"),
            ("month", "15 to 30 days"),
            ("two_months", "31 to 60 days"),
            ("older", "More than 60 days"),
        ],
        string="In Stage For",
        required=True,
        readonly=True,
    )
    deals = fields.Integer(readonly=True)
    overdue = fields.Integer(string="Over Time Limit", readonly=True)
    revenue = fields.Float(string="Expected Revenue", readonly=True, help="In the company's currency.")
    computed = fields.Datetime(string="Computed On", required=True, readonly=True)

    _company_user_idx = models.Index("(company_id, user_id)")
    _company_team_idx = models.Index("(company_id, team_id)")

    @api.model
    def _cron_refresh(self):
        self._refresh()

    @api.model
    def _refresh(self):
        """Count all open deals anew, in one statement; locks no lead."""
        self.env.flush_all()
        # One refresh at a time: a second one waits here, and then counts anew.
        self.env.cr.execute("LOCK TABLE sales_process_stage_load IN SHARE ROW EXCLUSIVE MODE")
        self.env.cr.execute("DELETE FROM sales_process_stage_load")
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sales_process_stage_load
                       (company_id, process_id, process_stage_id, team_id, user_id, age, deals, overdue, revenue,
                        computed)
                %s
                """,
                self._get_load_sql(self.env.cr.now()),
            )
        )
        self.invalidate_model()

    @api.model
    def _get_load_sql(self, now, condition=None):
        """The open deals of each stage, team, person and age.

        :param condition: SQL of what else has to hold of ``lead``
        :return: SQL of (company_id, process_id, process_stage_id, team_id, user_id, age, deals, overdue, revenue,
            computed)
        """
        days = SQL("EXTRACT(EPOCH FROM %s - lead.sales_stage_entered) / 86400", now)
        ages = SQL(" ").join(
            SQL("WHEN %s < %s THEN %s", days, high, key) for key, (_low, high) in AGES.items() if high is not None
        )
        last = next(key for key, (_low, high) in AGES.items() if high is None)
        return SQL(
            """
            SELECT %(company)s, lead.sales_process_id, stage.id, lead.team_id, lead.user_id,
                   CASE %(ages)s ELSE %(last)s END,
                   COUNT(*), COUNT(*) FILTER (WHERE lead.sales_stage_deadline < %(now)s),
                   COALESCE(SUM(lead.expected_revenue), 0), %(now)s
              FROM crm_lead AS lead
              JOIN sales_process_stage AS stage
                ON stage.process_id = lead.sales_process_id AND stage.stage_id = lead.stage_id
             WHERE %(open)s AND NOT COALESCE(stage.is_won, FALSE) AND lead.sales_stage_entered IS NOT NULL
               AND %(condition)s
             GROUP BY 1, 2, 3, 4, 5, 6
            """,
            company=self.env["sales.process.kpi"]._sql_company(SQL("lead.company_id")),
            ages=ages,
            last=last,
            now=now,
            open=OPEN_DEALS,
            condition=condition or SQL("TRUE"),
        )

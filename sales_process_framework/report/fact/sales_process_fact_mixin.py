from odoo import fields, models
from odoo.tools import SQL

HOUR = 3600.0
DAY = 86400.0


class SalesProcessFactMixin(models.AbstractModel):
    """Facts of one kind with what is known of their lead, for pivot and graph.

    Nothing is stored: the rows are those of the fact's own table, with their ids, joined with the lead when they are
    asked for. So no write of a lead has to carry its team or salesperson to its facts.
    """

    _name = "sales.process.fact.mixin"
    _description = "Facts with Their Lead"

    #: The model that the rows are of.
    _fact_model = None
    #: Whether rows have a form of their own; those of others open their lead.
    _fact_has_form = False

    lead_id = fields.Many2one("crm.lead", readonly=True, aggregator="count_distinct")
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    process_id = fields.Many2one("sales.process", readonly=True)
    stage_id = fields.Many2one("crm.stage", readonly=True, help="Where the lead stood at the time.")
    source_id = fields.Many2one("utm.source", string="Source of the Lead", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    won_status = fields.Selection(
        [("won", "Won"), ("lost", "Lost"), ("pending", "Pending")], string="Won/Lost", readonly=True
    )
    date = fields.Datetime(readonly=True)

    @property
    def _table_query(self):
        columns = SQL(", ").join(
            SQL("%s AS %s", column, SQL.identifier(name)) for name, column in self._get_columns().items()
        )
        return SQL("SELECT %s FROM %s", columns, self._get_from())

    def _get_columns(self):
        """:return: {field: SQL}; the table of the fact is ``fact``, that of its lead ``lead``"""
        columns = {name: SQL("fact.%s", SQL.identifier(name)) for name in ("id", "lead_id", "date")}
        names = ("company_id", "team_id", "user_id", "source_id", "country_id", "won_status")
        columns |= {name: SQL("lead.%s", SQL.identifier(name)) for name in names}
        return columns | {"process_id": SQL("lead.sales_process_id"), "stage_id": self._get_stage_then("fact.date")}

    def _get_from(self):
        table = SQL.identifier(self.env[self._fact_model]._table)
        return SQL("%s AS fact JOIN crm_lead AS lead ON lead.id = fact.lead_id", table)

    def _get_stage_then(self, date):
        """A column that costs only those who group by it: the stage that the lead was in."""
        return SQL(
            """(SELECT visit.stage_id FROM sales_process_visit AS visit
                 WHERE visit.lead_id = fact.lead_id AND visit.entered <= %s
                 ORDER BY visit.entered DESC, visit.id DESC LIMIT 1)""",
            SQL(date),  # pylint: disable=sql-injection
        )

    def _get_share(self, condition):
        """:return: a measure whose average is the share of rows for which the condition holds, between 0 and 1"""
        return SQL("CASE WHEN %s THEN 1.0 ELSE 0.0 END", condition)

    def _get_span(self, start, stop, unit):
        """:return: a measure: time on the clock between two columns, in the unit; empty where one is missing"""
        return SQL("EXTRACT(EPOCH FROM %s - %s) / %s", stop, start, unit)

    def action_open_record(self):
        """The very record behind a row."""
        self.ensure_one()
        if self._fact_has_form:
            record = self.env[self._fact_model].browse(self.id)
        else:
            record = self.lead_id
        return record.get_formview_action() if record else False

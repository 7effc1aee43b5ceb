from odoo import fields, models

from .sales_process_kpi import CYCLE_LABELS

#: What values are cut by: {scope: column of the facts}; the tag comes through the lead.
SCOPES = {
    "company": "company_id",
    "team": "team_id",
    "user": "user_id",
    "process": "process_id",
    "stage": "process_stage_id",
    "source": "source_id",
    "country": "country_id",
    "tag": "tag_id",
}


class SalesProcessKpiValue(models.Model):
    """The number of one indicator for one period and one scope. Written by the computation alone, never edited."""

    _name = "sales.process.kpi.value"
    _description = "Indicator Value"
    _order = "date_from desc, kpi_id, scope, scope_id, revision desc"
    _rec_name = "kpi_id"
    _log_access = False

    kpi_id = fields.Many2one("sales.process.kpi", string="Indicator", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    cycle = fields.Selection(CYCLE_LABELS, required=True, readonly=True)
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True)
    scope = fields.Selection(
        [
            ("company", "Company"),
            ("team", "Team"),
            ("user", "Person"),
            ("process", "Process Version"),
            ("stage", "Stage"),
            ("source", "Source"),
            ("country", "Country"),
            ("tag", "Tag"),
        ],
        required=True,
        readonly=True,
        default="company",
    )
    scope_id = fields.Integer(
        string="Scope Record", required=True, readonly=True, aggregator=None, help="Id of the team, person, …"
    )
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True, index="btree_not_null")
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True, index="btree_not_null")
    process_id = fields.Many2one("sales.process", readonly=True, index="btree_not_null", ondelete="set null")
    process_stage_id = fields.Many2one(
        "sales.process.stage", string="Stage", readonly=True, index="btree_not_null", ondelete="set null"
    )
    source_id = fields.Many2one("utm.source", readonly=True, index="btree_not_null", ondelete="set null")
    country_id = fields.Many2one("res.country", readonly=True, index="btree_not_null", ondelete="set null")
    tag_id = fields.Many2one("crm.tag", readonly=True, index="btree_not_null", ondelete="set null")
    numerator = fields.Float(readonly=True, aggregator="sum", digits=(16, 2))
    denominator = fields.Float(readonly=True, aggregator="sum", digits=(16, 2))
    value = fields.Float(readonly=True, aggregator="avg", digits=(16, 2), help="Empty in the facts when no data.")
    has_data = fields.Boolean(readonly=True, help="No data is not zero.")
    sample = fields.Integer(readonly=True, help="Records that the value rests on.")
    band = fields.Selection(
        [("healthy", "Healthy"), ("watch", "Watch"), ("alert", "Alert"), ("none", "None")],
        required=True,
        readonly=True,
        default="none",
    )
    previous_value = fields.Float(string="Before", readonly=True, aggregator=None, digits=(16, 2))
    has_previous = fields.Boolean(readonly=True, help="Whether the period before has a value to compare with.")
    change = fields.Float(readonly=True, aggregator=None, digits=(16, 2), help="Value less the value before.")
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    closed = fields.Boolean(readonly=True, help="A closed value never changes; a correction is a new revision.")
    revision = fields.Integer(readonly=True, required=True, default=1, aggregator=None)
    revised_reason = fields.Char(string="Reason of Correction", readonly=True)
    revised_by_id = fields.Many2one("res.users", string="Corrected By", readonly=True, ondelete="set null")
    is_latest = fields.Boolean(string="Latest", readonly=True, required=True, default=True)
    computed = fields.Datetime(string="Computed On", readonly=True)

    _latest_idx = models.UniqueIndex(
        "(kpi_id, cycle, date_from, company_id, scope, scope_id) WHERE is_latest",
        "An indicator has one latest value for a period and scope.",
    )
    _scope_idx = models.Index("(company_id, cycle, scope, scope_id, date_from) WHERE is_latest")
    _open_idx = models.Index("(cycle, date_from) WHERE NOT closed")

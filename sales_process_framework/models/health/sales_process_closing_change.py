from odoo import api, fields, models
from odoo.tools import SQL


class SalesProcessClosingChange(models.Model):
    """One move of the expected closing date of a lead. Written by the lead's own writes, never edited."""

    _name = "sales.process.closing.change"
    _description = "Change of the Closing Date"
    _order = "date desc, id desc"
    _rec_name = "lead_id"
    _log_access = False

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    process_id = fields.Many2one("sales.process", readonly=True, ondelete="set null")
    process_stage_id = fields.Many2one(
        "sales.process.stage", readonly=True, ondelete="set null", help="Where the lead was when the date moved."
    )
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True, ondelete="set null")
    changed_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    date = fields.Datetime(string="Changed On", required=True, readonly=True)
    from_date = fields.Date(string="Closing Date Before", required=True, readonly=True)
    to_date = fields.Date(string="Closing Date After", readonly=True, help="Empty: the date was taken away.")
    days = fields.Integer(readonly=True, aggregator="sum", help="Pushed out by so many days; negative: pulled in.")

    _lead_idx = models.Index("(lead_id, date)")
    _date_idx = models.Index("(date)")
    _process_idx = models.Index("(process_id) WHERE process_id IS NOT NULL")
    _process_stage_idx = models.Index("(process_stage_id) WHERE process_stage_id IS NOT NULL")

    @api.model
    def _record(self, before):
        """Write down what moved, all of a batch in one statement.

        :param before: {lead: closing date it had}
        """
        leads = self.env["crm.lead"].browse(lead.id for lead in before).sudo()
        rows = [
            (lead.id, lead._get_gate_company().id, before[lead], lead.date_deadline or None, lead.team_id.id or None)
            for lead in leads
        ]
        lead_ids, company_ids, dates, new_dates, team_ids = (list(column) for column in zip(*rows, strict=True))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sales_process_closing_change (lead_id, company_id, from_date, to_date, days, team_id,
                            user_id, process_id, process_stage_id, changed_by_id, date)
                SELECT moved.lead_id, company_id, from_date, to_date, COALESCE(to_date - from_date, 0), team_id,
                       user_id, process_id, process_stage_id, %(by)s, %(now)s
                  FROM unnest(%(leads)s, %(companies)s, %(dates)s::date[], %(new_dates)s::date[], %(teams)s::int[],
                              %(users)s::int[], %(processes)s::int[], %(stages)s::int[])
                    AS moved(lead_id, company_id, from_date, to_date, team_id, user_id, process_id, process_stage_id)
                """,
                by=self.env.uid,
                now=self.env.cr.now(),
                leads=lead_ids,
                companies=company_ids,
                dates=dates,
                new_dates=new_dates,
                teams=team_ids,
                users=[lead.user_id.id or None for lead in leads],
                processes=[lead.sales_process_id.id or None for lead in leads],
                stages=[lead.sales_process_stage_id.id or None for lead in leads],
            )
        )
        self.invalidate_model()

    @api.depends("lead_id")
    def _compute_display_name(self):
        for change in self:
            change.display_name = change.lead_id.name

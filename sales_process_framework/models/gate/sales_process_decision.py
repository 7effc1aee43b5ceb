from odoo import api, fields, models
from odoo.api import Environment
from odoo.tools import SQL


class SalesProcessDecision(models.Model):
    """A gate decision worth keeping: refused, warned, overridden, exempt.

    A plain pass leaves only its stage visit, so that moving a thousand leads writes a thousand visits and no more.
    """

    _name = "sales.process.decision"
    _description = "Sales Process Gate Decision"
    _order = "date desc, id desc"
    _rec_name = "lead_name"

    lead_id = fields.Many2one("crm.lead", index="btree_not_null", ondelete="set null", readonly=True)
    lead_name = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", index=True, readonly=True)
    process_id = fields.Many2one("sales.process", index=True, ondelete="cascade", readonly=True)
    from_stage_id = fields.Many2one("crm.stage", ondelete="set null", readonly=True)
    to_stage_id = fields.Many2one("crm.stage", ondelete="set null", readonly=True)
    outcome = fields.Selection(
        [
            ("passed", "Passed"),
            ("refused", "Refused"),
            ("warned", "Passed with a warning"),
            ("overridden", "Passed by exception"),
            ("exempt", "Exempt"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    unmet = fields.Json(readonly=True, help="What was missing: list of {id, name}.")
    unmet_summary = fields.Text(compute="_compute_unmet_summary", string="Missing")
    movement = fields.Char(readonly=True, string="Movement Rule")
    user_id = fields.Many2one("res.users", readonly=True, index=True)
    date = fields.Datetime(readonly=True, required=True, default=lambda self: self.env.cr.now())
    source = fields.Selection(
        [("person", "Person"), ("intake", "Automatic intake"), ("portal", "Portal"), ("system", "Automation")],
        readonly=True,
    )
    reason = fields.Text(readonly=True)
    exception_id = fields.Many2one("sales.process.exception", readonly=True, ondelete="set null")

    _date_idx = models.Index("(date)")

    @api.depends("unmet", "movement")
    def _compute_unmet_summary(self):
        for decision in self:
            names = [entry["name"] for entry in decision.unmet or []]
            decision.unmet_summary = "\n".join(filter(None, [decision.movement, *names]))

    @api.model
    def _keep_through_rollback(self, vals_list):
        """Store refusals although the move they belong to is rolled back.

        The rows are written by a transaction of their own once this one has ended, whichever way: rolled
        back (a person's request), or committed after a savepoint took the move back (an import, a cron).
        """
        cr = self.env.cr
        pending = cr.cache.get("sales_process_refusals")
        if pending is None:
            pending = cr.cache["sales_process_refusals"] = []
            registry = self.env.registry

            def store():
                rows, pending[:] = list(pending), []
                if not rows:
                    return
                with registry.cursor() as own_cr:
                    Environment(own_cr, self.env.uid, {}, su=True)["sales.process.decision"]._store_refusals(rows)

            cr.postrollback.add(store)
            cr.postcommit.add(store)
        pending.extend(vals_list)

    @api.model
    def _store_refusals(self, vals_list):
        """Create refusals; whatever was rolled back with the move, such as a new lead, is kept by name only."""
        links = [name for name in vals_list[0] if self._fields[name].type == "many2one"]
        existing = {
            name: set(
                self.env[self._fields[name].comodel_name]
                .browse({vals[name] for vals in vals_list} - {False})
                .exists()
                .ids
            )
            for name in links
        }
        self.create(
            [
                {**vals, **{name: vals[name] if vals[name] in existing[name] else False for name in links}}
                for vals in vals_list
            ]
        )
        alive = existing["lead_id"]
        if alive:
            self.env["crm.lead"].flush_model(["sales_gate_state"])
            self.env.execute_query_dict(
                SQL(
                    """UPDATE crm_lead SET sales_gate_state = 'held'
                        WHERE id = ANY(%s) AND sales_gate_state = 'open' RETURNING id""",
                    list(alive),
                )
            )

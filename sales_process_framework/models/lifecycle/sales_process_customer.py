from odoo import api, fields, models, tools
from odoo.tools import SQL

from ...tools import lifecycle

#: Customers placed between two commits of the nightly run.
BATCH = 1000


class SalesProcessCustomer(models.Model):
    """One stay of one customer in one phase after the first sale, in one company. Written by the nightly run alone."""

    _name = "sales.process.customer"
    _description = "Customer Phase"
    _order = "since desc, id desc"
    _rec_name = "partner_id"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    journey_id = fields.Many2one("sales.process.journey", readonly=True, ondelete="set null")
    phase_id = fields.Many2one(
        "sales.process.journey.phase", string="Journey Phase", readonly=True, ondelete="set null", index=True
    )
    lifecycle = fields.Selection(
        [("use", "Use"), ("repurchase", "Repurchase"), ("churn", "Churn")],
        string="Customer Phase",
        required=True,
        readonly=True,
    )
    reason = fields.Selection(
        [
            ("first_order", "Has bought"),
            ("ordered_again", "Has bought again"),
            ("no_order", "No order for long"),
            ("no_contact", "No contact for long"),
        ],
        required=True,
        readonly=True,
    )
    since = fields.Datetime(required=True, readonly=True)
    until = fields.Datetime(readonly=True, help="Empty while the customer is in this phase.")
    last_order = fields.Datetime(readonly=True)
    last_contact = fields.Datetime(readonly=True)
    order_count = fields.Integer(string="Orders", readonly=True)
    user_id = fields.Many2one(related="partner_id.user_id")

    _now_idx = models.UniqueIndex(
        '(partner_id, company_id) WHERE "until" IS NULL', "A customer is in one phase at a time."
    )
    _since_idx = models.Index("(company_id, lifecycle, since)")

    @api.model
    @tools.ormcache(cache="stable")
    def _is_in_use(self):
        """:return: whether any customer was ever placed; the customer form asks this and stops"""
        return bool(self.sudo().search_count([], limit=1))

    @api.model
    def _cron_move_customers(self):
        """Move customers through use to repurchase or churn. A run that ends early goes on where it stopped."""
        parameters = self.env["ir.config_parameter"].sudo()
        key = "sales_process_framework.customers_done_until"
        if not self.env["sales.process.journey"].sudo().search_count([("state", "=", "active")], limit=1):
            return
        done = int(parameters.get_param(key, 0))
        while partners := self._get_customers(done, BATCH):
            self._place_customers(partners)
            done = partners[-1].id
            parameters.set_param(key, done)
            self.env.flush_all()
            self.env.invalidate_all()
            remaining = BATCH if len(partners) == BATCH else 0
            if not self.env["ir.cron"]._commit_progress(len(partners), remaining=remaining):
                return
        parameters.set_param(key, 0)

    @api.model
    def _get_customers(self, after_id, limit):
        """:return: the next customers in the order of their ids; customers are companies, not their contacts"""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM (%(customers)s) AS customer(id)
                 WHERE id > %(after)s
                 ORDER BY id LIMIT %(limit)s
                """,
                customers=self._get_customers_query(),
                after=after_id,
                limit=limit,
            )
        )
        return self.env["res.partner"].sudo().browse(number for (number,) in rows)

    def _get_customers_query(self):
        """:return: SQL of distinct ids of commercial partners that ever bought; glue addons add theirs"""
        return SQL(
            """
            SELECT DISTINCT partner.commercial_partner_id
              FROM crm_lead AS lead
              JOIN res_partner AS partner ON partner.id = lead.partner_id
             WHERE lead.won_status = 'won'
            """
        )

    @api.model
    def _place_customers(self, partners):
        """Bring the phases of customers up to date, each company for itself; the same queries for any number.

        :param partners: commercial partners, under sudo
        """
        now = self.env.cr.now().replace(microsecond=0)
        orders = self._get_last_order_dates(partners)
        contacts = self._get_last_contact_dates(partners)
        current = {
            (stay.partner_id.id, stay.company_id.id): stay
            for stay in self.sudo().search([("partner_id", "in", partners.ids), ("until", "=", False)])
        }
        vals_list, ended = [], self.sudo().browse()
        for (partner_id, company_id), (last_order, count) in orders.items():
            journey_id, rules = self.env["sales.process.journey"]._get_lifecycle_rules(company_id)
            last_contact = contacts.get((partner_id, company_id))
            place = lifecycle.place(lifecycle.Customer(last_order, count, last_contact), rules, now)
            stay = current.get((partner_id, company_id))
            dates = {"last_order": last_order, "last_contact": last_contact or False, "order_count": count}
            if place is None:
                # The company has no such phases any more: what was, has been.
                ended += stay or ended.browse()
            elif stay and (stay.phase_id.id, stay.lifecycle) == (place.phase, place.kind):
                for name, value in {**dates, "reason": place.reason}.items():
                    if stay[name] != value:
                        stay[name] = value
            else:
                ended += stay or ended.browse()
                vals_list.append(
                    {
                        "partner_id": partner_id,
                        "company_id": company_id,
                        "journey_id": journey_id,
                        "phase_id": place.phase,
                        "lifecycle": place.kind,
                        "reason": place.reason,
                        "since": now,
                        **dates,
                    }
                )
        if ended:
            ended.write({"until": now})
            self.env.flush_all()
        self.sudo().create(vals_list)
        if vals_list and not self._is_in_use():
            self.env.registry.clear_cache("stable")

    @api.model
    def _get_last_order_dates(self, partners):
        """When customers bought last, and how often: their won leads. Glue addons put real orders in their place.

        :param partners: commercial partners
        :return: {(partner id, company id): (naive UTC datetime, number of orders)}
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.commercial_partner_id,
                       COALESCE(lead.company_id, team.company_id, seller.company_id, %(company)s) AS company_id,
                       MAX(COALESCE(lead.date_closed, lead.write_date)),
                       COUNT(*)
                  FROM res_partner AS partner
                  JOIN crm_lead AS lead ON lead.partner_id = partner.id
             LEFT JOIN crm_team AS team ON team.id = lead.team_id
             LEFT JOIN res_users AS seller ON seller.id = lead.user_id
                 WHERE partner.commercial_partner_id = ANY(%(partners)s) AND lead.won_status = 'won'
                 GROUP BY 1, 2
                """,
                company=self.env.company.id,
                partners=partners.ids,
            )
        )
        return {(partner, company): (date, count) for partner, company, date, count in rows}

    @api.model
    def _get_last_contact_dates(self, partners):
        """When a person of ours or of theirs was last in touch; planned meetings are none yet.

        :param partners: commercial partners
        :return: {(partner id, company id): naive UTC datetime}
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.commercial_partner_id,
                       COALESCE(lead.company_id, team.company_id, seller.company_id, %(company)s) AS company_id,
                       MAX(touch.date)
                  FROM res_partner AS partner
                  JOIN crm_lead AS lead ON lead.partner_id = partner.id
                  JOIN sales_process_touch AS touch ON touch.lead_id = lead.id
             LEFT JOIN crm_team AS team ON team.id = lead.team_id
             LEFT JOIN res_users AS seller ON seller.id = lead.user_id
                 WHERE partner.commercial_partner_id = ANY(%(partners)s)
                   AND touch.human AND touch.direction IN ('in', 'out') AND touch.date <= %(now)s
                 GROUP BY 1, 2
                """,
                company=self.env.company.id,
                partners=partners.ids,
                now=self.env.cr.now(),
            )
        )
        return {(partner, company): date for partner, company, date in rows}

import ipaddress
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import hmac

#: Requests are counted over so long.
WINDOW = timedelta(minutes=10)
#: Requests of one address, requests with a wrong link of one address, requests for one link; in a window.
LIMITS = {"address": 300, "miss": 20, "link": 60}


class SalesProcessSurveyHit(models.Model):
    """One request to a public page. In the database, so that the limits hold over all worker processes and hosts.

    Rows are only added, never changed: requests at the same time do not wait for each other, and at most as many as run
    at the same time pass beyond a limit. Whoever is over a limit adds none, so nobody can fill the table.
    """

    _name = "sales.process.survey.hit"
    _description = "Request to a Public Page"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)

    _key_date_idx = models.Index("(key, date)")

    @api.model
    def _get_address_key(self, kind, address):
        """A key that does not tell the address. Of IPv6 the network counts: a visitor has billions of addresses there.

        :param kind: "address" or "miss"
        """
        try:
            parsed = ipaddress.ip_address(address or "")
        except ValueError:
            network = "unknown"
        else:
            network = parsed if parsed.version == 4 else ipaddress.ip_network((int(parsed), 64), strict=False)
        return f"{kind}:{hmac(self.env(su=True), 'sales_process_survey_address', str(network))[:32]}"

    @api.model
    def _is_over(self, keys):
        """:param keys: list of keys, each beginning with its limit's name and a colon
        :return: whether one of them has used up its limit
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT key, COUNT(*) FROM sales_process_survey_hit
                    WHERE key = ANY(%s) AND date > %s GROUP BY key""",
                list(keys),
                self.env.cr.now() - WINDOW,
            )
        )
        return any(count >= LIMITS[key.partition(":")[0]] for key, count in rows)

    @api.model
    def _count(self, keys):
        self.env.cr.execute(
            SQL(
                "INSERT INTO sales_process_survey_hit (key, date) SELECT unnest(%s::varchar[]), %s",
                list(keys),
                self.env.cr.now(),
            )
        )

    @api.autovacuum
    def _gc_hits(self):
        self.env.cr.execute(SQL("DELETE FROM sales_process_survey_hit WHERE date < %s", self.env.cr.now() - WINDOW))

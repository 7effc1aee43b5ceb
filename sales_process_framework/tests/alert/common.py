from contextlib import contextmanager

from ..response.common import ResponseCommon

#: A Monday in Brussels winter time: 8 o'clock there is 7 o'clock UTC.
MONDAY = "2026-03-02 07:00:00"
TUESDAY = "2026-03-03 07:00:00"
WEDNESDAY = "2026-03-04 07:00:00"
THURSDAY = "2026-03-05 07:00:00"
FRIDAY = "2026-03-06 07:00:00"
NEXT_MONDAY = "2026-03-09 07:00:00"
NEXT_TUESDAY = "2026-03-10 07:00:00"


class AlertCommon(ResponseCommon):
    """One rule of the test's own; the company works Monday to Friday 8-12 and 13-17 in Brussels."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Only what a test is about.
        cls.env["sales.process.alert.rule"].search([]).active = False
        cls.Alert = cls.env["sales.process.alert"].sudo()

    @classmethod
    def _activate(cls, **vals):
        cls.record = cls._require(cls.p_diagnose, "Needs record", judgement="document", mandatory=False)
        return super()._activate(**vals)

    @classmethod
    def _rule(cls, kind="stage_days", **vals):
        values = {
            "name": f"Rule {kind}",
            "kind": kind,
            "company_id": cls.company.id,
            "threshold": 3,
            "notice": "mail",
            "quiet_from": 0,
            "quiet_to": 0,
            "quiet_weekend": False,
            **vals,
        }
        return cls.env["sales.process.alert.rule"].create(values)

    def _scan(self, rule, moment=None):
        """:return: the open alerts of the rule"""
        if moment:
            with self._at(moment):
                self.Alert._scan(rule.sudo())
        else:
            self.Alert._scan(rule.sudo())
        self.env.invalidate_all()
        return self._open(rule)

    def _open(self, rule):
        return self.Alert.search([("rule_id", "=", rule.id), ("state", "=", "open")], order="id")

    def _all(self, rule):
        return self.Alert.search([("rule_id", "=", rule.id)], order="id")

    def _told(self, rule, user=None):
        """:return: notices that were sent"""
        domain = [("alert_id.rule_id", "=", rule.id), ("sent", "!=", False)]
        if user:
            domain.append(("user_id", "=", user.id))
        return self.env["sales.process.alert.notice"].sudo().search(domain, order="id")

    def _lead_at(self, moment, **vals):
        with self._at(moment):
            lead = self._lead(**vals)
            # The stay began at the moment of the test; the database has a clock of its own.
            self.env.flush_all()
            self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", [moment, lead.id])
        self.env.invalidate_all()
        return lead

    @contextmanager
    def _crash(self):
        """What happens inside is taken back, as by a server that stops."""
        self.env.flush_all()
        with self.env.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()
        self.env.invalidate_all(flush=False)

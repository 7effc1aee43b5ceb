from odoo.tests import HttpCase, tagged

from ..effectiveness.test_effectiveness import GatesCommon


@tagged("post_install", "-at_install")
class TestConformanceTour(GatesCommon, HttpCase):
    """Gates and paths in a real browser."""

    def test_manager_finds_what_only_costs_and_allows_a_deviation(self):
        # The only version in use is the one that opens.
        self.env["sales.process"].search([("id", "!=", self.process.id)]).active = False
        path = self.qualify, self.diagnose, self.propose, self.won
        self._walk(*path, outcome="won", count=6, name="Gated deal")
        self._walk(*path, outcome="lost", count=6, name="Gated deal")
        for outcome in ("won", "lost"):
            deals = self._walk(*path, outcome=outcome, count=6, name="Gated deal")
            self._decide(deals, self.budget, ago=99.5)
            self._decide(deals, self.budget, "overridden", ago=98)
        self._walk(self.qualify, self.propose, count=30, name="Skipping deal")

        self.start_tour("/odoo/sales-gates", "sales_process_conformance_tour", login=self.manager.login)

        allowed = self.env["sales.process.variant.allowed"].search([("process_id", "=", self.process.id)])
        self.assertEqual((allowed.kind, allowed.process_stage_id), ("skipped", self.p_diagnose))
        self.assertEqual(allowed.create_uid, self.manager)

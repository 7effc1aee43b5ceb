"""No built-in indicator and no slice without a computation in plain Python beside it."""

from odoo.tests import tagged

from ...models.kpi.sales_process_kpi_engine import SCOPES
from ..common import SalesProcessCommon
from . import test_facts_leads_world, test_facts_service_world, test_facts_work_world

#: Goals have their own world: `test_facts_goals`.
OF_GOALS = {"revenue_attainment"}
#: Needs an app that is not there; it says so, and has no computation here.
OF_OTHER_APPS = {"nps"}


@tagged("post_install", "-at_install")
class TestNothingIsLeftOut(SalesProcessCommon):
    def test_every_builtin_has_an_oracle(self):
        known = {
            *test_facts_leads_world.ORACLES,
            *test_facts_work_world.CODES,
            *test_facts_service_world.CODES,
            *OF_GOALS,
            *OF_OTHER_APPS,
        }
        data = self.env["ir.model.data"].search(
            [("module", "=", "sales_process_framework"), ("model", "=", "sales.process.kpi")]
        )
        kpis = self.env["sales.process.kpi"].with_context(active_test=False).browse(data.mapped("res_id"))
        builtin = set(kpis.filtered(lambda kpi: kpi.computation == "builtin").mapped("builtin"))
        self.assertEqual(builtin - OF_OTHER_APPS, known - OF_OTHER_APPS)
        for code in test_facts_service_world.CODES:
            self.assertIn(f'"{code}"', self._read_world(), "an oracle of that name")

    def _read_world(self):
        with open(test_facts_service_world.__file__) as file:
            return file.read().partition("class TestFactsOfService")[2]

    def test_every_slice_is_there(self):
        """All of them are computed in plain Python by `test_engine`, which goes by the same list."""
        wanted = {"company", "team", "user", "process", "stage", "source", "country", "tag"}
        self.assertEqual(set(SCOPES), wanted)
        selection = dict(self.env["sales.process.kpi.value"]._fields["scope"].selection)
        self.assertEqual(set(selection), wanted)

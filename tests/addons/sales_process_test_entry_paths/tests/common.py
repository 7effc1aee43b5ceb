from odoo.tests import new_test_user

from odoo.addons.sales_process_framework.tests.common import SalesProcessCommon


class EntryPathsCommon(SalesProcessCommon):
    """A strict process: no skipping, something to do before every stage but the first, nothing passes unmet.

    The pipeline's first column ("Inbox", shown to all teams) is not the first stage of the process: a lead that
    only CRM places lands in the wrong one.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.inbox = cls.env["crm.stage"].create({"name": "Inbox", "sequence": -10})
        cls.budget = cls._require(cls.p_qualify, "Budget confirmed")
        cls.entries = [
            cls._require(process_stage, f"Fit for {process_stage.name}", gate="entry")
            for process_stage in (cls.p_diagnose, cls.p_propose, cls.p_won)
        ]
        cls._activate(skip_rule="forbid", enforcement="block")

    @classmethod
    def _new_portal_user(cls):
        return new_test_user(cls.env, "spf_portal", "base.group_portal")

    def _capture_leads(self):
        """:return: function that gives the leads created since this call"""
        last = self.env["crm.lead"].with_context(active_test=False).search([], order="id desc", limit=1).id or 0

        def created():
            self.env.invalidate_all()
            return self.env["crm.lead"].with_context(active_test=False).search([("id", ">", last)])

        return created

    def _meet(self, lead, *requirements):
        for requirement in requirements:
            self._tick(lead, requirement, user=self.manager)

    def assertArrived(self, lead, lead_type="opportunity"):
        """One lead that stands at the beginning of the process, with its history begun once it is an opportunity."""
        self.assertEqual(len(lead), 1)
        self.assertEqual(lead.type, lead_type)
        self.assertEqual(lead.team_id, self.team)
        self.assertEqual(lead.sales_process_id, self.process)
        self.assertEqual(lead.stage_id.name, self.qualify.name)
        self.assertEqual(lead.sales_process_stage_id, self.p_qualify)
        self.assertEqual(lead.sales_gate_state, "open" if lead_type == "opportunity" else "none")
        if lead_type == "lead":
            return
        visits = self.env["sales.process.visit"].search([("lead_id", "=", lead.id), ("left", "=", False)])
        self.assertEqual(visits.stage_id, self.qualify)

    def assertStands(self, lead, stage):
        lead.invalidate_recordset()
        self.assertEqual(lead.stage_id.name, stage.name)

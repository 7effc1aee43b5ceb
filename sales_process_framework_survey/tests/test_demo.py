from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .common import SurveyCommon


@tagged("post_install", "-at_install")
class TestDemo(SurveyCommon):
    def test_a_year_of_answers(self):
        """Built from the deals that were won, once; in the survey's results and on the leads as well."""
        now = self.env.cr.now()
        leads = [self._lead(partner_id=self._person(f"P{number}").id) for number in range(12)]
        for number, lead in enumerate(leads):
            lead.action_set_won()
            lead.date_closed = now - timedelta(days=20 + 25 * number)
        self.env.flush_all()
        self.program.unlink()
        names = {
            "team_manufacturing": self.team,
            "user_manager": self.manager,
            "kpi_nps": self.env.ref("sales_process_framework.kpi_nps").sudo(),
        }
        Demo = self.env["sales.process.demo.survey"]
        with patch.object(type(Demo), "_ref", lambda demo, name: names[name].with_context(**demo.env.context)):
            for _time in range(2):
                Demo._demo_build_surveys()
        self.assertEqual(self.Program.search_count([("company_id", "=", self.company.id)]), 2)
        invitations = self._invitations().filtered(lambda one: one.lead_id.id in [lead.id for lead in leads])
        self.assertEqual(len(invitations), 12)
        answered = invitations.filtered("band")
        self.assertTrue(answered)
        self.assertEqual(set(answered.mapped("user_input_id.state")), {"done"})
        for invitation in answered:
            self.assertEqual(invitation.lead_id.sales_nps_mark, invitation.mark)
            self.assertLess(invitation.date_sent, invitation.date_answered)
        values = self.env["sales.process.kpi.value"].search(
            [
                ("kpi_id", "=", names["kpi_nps"].id),
                ("company_id", "=", self.company.id),
                ("scope", "=", "company"),
                ("cycle", "=", "year"),
            ]
        )
        self.assertTrue(values.filtered("denominator"))

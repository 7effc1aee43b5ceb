from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import ResponseCommon


@tagged("post_install", "-at_install")
class TestResponseTour(ResponseCommon, HttpCase):
    def test_rep_answers_within_the_clock(self):
        # The tour takes place now, at any hour: this company always works.
        self.company.resource_calendar_id = self._new_calendar(attendance_ids=False)
        self.customer.email = "lin@example.com"
        self.web.response_time = 30
        leads = {
            name: self._web_lead(name=name)
            for name in ("Question from the website", "Forgotten question", "Answered question")
        }
        self.team.member_ids |= self.rep
        self._reply(leads["Answered question"])
        forgotten = leads["Forgotten question"]
        self.env.flush_all()
        for table, column in (("sales_process_response", "lead_id"), ("crm_lead", "id")):
            prefix = "sales_response_" if table == "crm_lead" else ""
            for name in ("started", "deadline"):
                self.env.cr.execute(
                    f"UPDATE {table} SET {prefix}{name} = {prefix}{name} - %s WHERE {column} = %s",
                    [timedelta(hours=2), forgotten.id],
                )
        self.env.invalidate_all()
        lead = leads["Question from the website"]
        lead.message_subscribe(self.customer.ids)
        self.env.flush_all()

        self.start_tour("/odoo", "sales_process_response_tour", login=self.rep.login, timeout=120)

        self.env.invalidate_all()
        clock = self._clocks(lead)
        self.assertEqual((clock.state, clock.answered_by_id), ("kept", self.rep))
        self.assertFalse(lead.sales_response_deadline)
        self.assertEqual(self._clocks(forgotten).state, "running", "the scan has not been there")

from odoo.tests import HttpCase, tagged

from .common import TouchCommon


@tagged("post_install", "-at_install")
class TestTimelineTour(TouchCommon, HttpCase):
    def test_rep_records_a_contact(self):
        self._write_to_customer(subject="Welcome")
        self.env.flush_all()
        self.start_tour(
            f"/odoo/crm.lead/{self.lead.id}", "sales_process_timeline_tour", login=self.rep.login, timeout=120
        )
        self.env.invalidate_all()
        touches = self._touches()
        self.assertEqual(sorted(touches.mapped("source")), ["email_out", "manual"])
        touch = touches.filtered(lambda touch: touch.source == "manual")
        self.assertEqual((touch.touchpoint_id, touch.user_id), (self.first_call, self.rep))

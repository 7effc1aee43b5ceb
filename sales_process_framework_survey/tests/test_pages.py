import re
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..models.survey import sales_process_survey_hit as hits
from .common import SurveyCommon

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@tagged("post_install", "-at_install")
class TestPages(SurveyCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.name = "Internal name of the program"
        cls.lead.name = "Internal name of the deal"

    def setUp(self):
        super().setUp()
        self.invitation = self._invite()
        self.token = self.invitation._get_token()
        self.path = f"/sales_process/nps/{self.token}"

    def _get(self, path="", token=None, **kwargs):
        return self.url_open(f"/sales_process/nps/{token or self.token}{path}", allow_redirects=False, **kwargs)

    def _post(self, path="", csrf=True, token=None, **data):
        if csrf:
            data["csrf_token"] = csrf if isinstance(csrf, str) else self._csrf()
        return self.url_open(
            f"/sales_process/nps/{token or self.token}{path}", data=data, method="POST", allow_redirects=False
        )

    def _csrf(self, path="/stop"):
        return CSRF.search(self._get(path).text).group(1)

    def _reload(self):
        self.env.invalidate_all()
        return self.invitation

    # -- the way of a customer -----------------------------------------------

    def test_click_and_send(self):
        page = self._get("/9")
        self.assertEqual(page.status_code, 200)
        self.assertEqual(len(re.findall(r'type="radio"', page.text)), 11)
        self.assertEqual(re.findall(r'value="(\d+)"[^>]*checked', page.text), ["9"])
        csrf = CSRF.search(page.text).group(1)
        sent = self._post(csrf=csrf, mark="9", comment="Good")
        self.assertEqual((sent.status_code, sent.headers["Location"].partition("/sales")[2][:11]), (303, "_process/np"))
        self.assertEqual((self._reload().mark, self.invitation.comment), (9, "Good"))
        thanks = self._get()
        self.assertIn("Thank you", thanks.text)
        self.assertIn("Change my answer", thanks.text)
        self.assertIn("<strong>9</strong>", thanks.text)

    def test_the_mark_of_the_mail_is_sent_by_the_page(self):
        """By its script; it replaces no answer, and without the form's token nothing is kept."""
        self.assertIn('data-clicked="0"', self._get("/0").text)
        self.assertNotIn("data-clicked", self._get().text)
        self.assertEqual(self._post(mark="nine", clicked="1").status_code, 409)
        with mute_logger("odoo.http"):
            self.assertEqual(self._post(csrf=False, mark="0", clicked="1").status_code, 400)
        self.assertEqual(self._reload().state, "sent")
        self.assertEqual(self._post(mark="0", clicked="1").status_code, 204)
        self.assertEqual((self._reload().state, self.invitation.mark), ("answered", 0))
        self.assertNotIn("data-clicked", self._get("/9").text)
        self.assertEqual(self._post(mark="9", clicked="1").status_code, 409)
        self.assertEqual(self._reload().mark, 0)

    def test_opening_a_page_changes_nothing(self):
        """Mail scanners open every link of a mail, and also ask for the head of pages only."""
        for path in ("", "/stop", "/unsubscribe", *(f"/{mark}" for mark in range(11))):
            self.assertEqual(self._get(path).status_code, 200)
            self.assertEqual(self.url_open(f"{self.path}{path}", method="HEAD").status_code, 200)
        self.assertEqual((self._reload().state, self.invitation.band), ("sent", False))
        self.assertFalse(self.env["survey.user_input"].search([("survey_id", "=", self.survey.id)]))
        self.assertFalse(self.env["sales.process.survey.optout"].search([]))

    def test_zero_is_an_answer(self):
        self._post(mark="0")
        self.assertEqual((self._reload().state, self.invitation.mark), ("answered", 0))
        self.assertIn("<strong>0</strong>", self._get().text)
        self.assertEqual(re.findall(r'value="(\d+)"[^>]*checked', self._get("?change=1").text), ["0"])

    def test_another_click_in_the_mail_offers_the_change(self):
        self._post(mark="3")
        self.assertIn("Thank you", self._get("/3").text)
        page = self._get("/8")
        self.assertEqual(re.findall(r'value="(\d+)"[^>]*checked', page.text), ["8"])
        self._post(mark="8")
        self.assertEqual(self._reload().mark, 8)
        self.invitation.date_answered -= timedelta(hours=25)
        self.env.flush_all()
        self.assertNotIn("Change my answer", self._get().text)
        self.assertIn("Thank you", self._get("/1").text)
        self.assertEqual(self._post(mark="1").status_code, 303)
        self.assertEqual(self._reload().mark, 8)

    def test_nonsense_is_no_answer(self):
        for mark in ("", "11", "-1", "1.5", "nine"):
            answer = self._post(mark=mark)
            self.assertEqual(answer.status_code, 400)
            self.assertIn("Please choose a number", answer.text)
        self.assertEqual(self._post().status_code, 400)
        self.assertEqual(self._reload().state, "sent")

    def test_what_is_written_is_text(self):
        self._post(mark="9", comment="<script>alert(1)</script>" + "x" * 3000)
        self.assertEqual(len(self._reload().comment), 2000)
        page = self._get("?change=1")
        self.assertNotIn("<script>alert", page.text)
        self.assertIn("&lt;script&gt;", page.text)

    def test_opting_out(self):
        page = self._get("/stop")
        self.assertIn("Stop asking me", page.text)
        self.assertIn("We will not ask", self._post("/stop").text)
        self.assertEqual(self._reload().state, "opted_out")
        optout = self.env["sales.process.survey.optout"].search([])
        self.assertEqual((optout.email, optout.by_customer), ("ada@customer.example.com", True))
        self.assertIn("We will not ask", self._get("/stop").text)
        # asked no more, so there is no question
        self.assertEqual(self._get("/9").status_code, 404)

    def test_opting_out_works_when_it_is_too_late_to_answer(self):
        self.invitation.date_expires = self.env.cr.now() - timedelta(days=1)
        self.env.flush_all()
        self.assertEqual(self._get().status_code, 404)
        self.assertEqual(self._get("/stop").status_code, 200)

    def test_the_button_of_the_mail_program(self):
        """RFC 8058: one POST without a session."""
        answer = self._post("/unsubscribe", csrf=False, **{"List-Unsubscribe": "One-Click"})
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self._reload().state, "opted_out")

    def test_in_the_language_of_the_person(self):
        self.env["res.lang"]._activate_lang("zh_TW")
        question = self.survey._get_nps_questions()[0]
        question.with_context(lang="zh_TW").title = "您會推薦我們嗎？"
        self.customer.lang = "zh_TW"
        self.env.flush_all()
        page = self._get("/9", headers={"Accept-Language": "fr"})
        self.assertIn("您會推薦我們嗎？", page.text)
        self.assertIn('lang="zh-TW"', page.text)

    def test_a_questionnaire_leads_to_its_survey(self):
        self.program.kind = "questionnaire"
        self.invitation._create_participations()
        self.env.flush_all()
        answer = self._get()
        self.assertEqual(answer.status_code, 303)
        self.assertIn(f"answer_token={self.invitation.user_input_id.access_token}", answer.headers["Location"])

    # -- what must not happen ------------------------------------------------

    def test_every_wrong_link_gets_the_same_page(self):
        """Unknown, forged, cut off, too long, of nobody, expired, not sent, opted out: nobody learns which it is."""
        other = self._lead(partner_id=self._person("Later").id)
        self._deliver(other)
        waiting = self._collect().filtered(lambda one: one.lead_id == other)
        selector, csrf = self.token[:32], self._csrf()
        wrong = [
            "0" * 64,
            self.token[:-1],
            self.token + "0",
            selector + "0" * 32,
            self.token.upper(),
            "x",
            f"{'0' * 32}{self.Invitation._sign('0' * 32)}",
            "é" * 64,
            waiting._get_token(),
        ]
        answers = [self._get(token=token) for token in wrong]
        self.invitation.date_expires = self.env.cr.now() - timedelta(seconds=1)
        self.env.flush_all()
        answers += [self._get(), self._get("/9"), self._get("/12"), self._get("/nine")]
        self.invitation.date_expires = self.env.cr.now() + timedelta(days=1)
        self.invitation._opt_out()
        self.env.flush_all()
        answers.append(self._get("/9"))
        self.assertEqual({answer.status_code for answer in answers}, {404})
        self.assertEqual(len({answer.text for answer in answers}), 1)
        for secret in (self.company.name, "Ada", self.program.name):
            self.assertNotIn(secret, answers[0].text)
        posted = self._post(csrf=csrf, token="0" * 64, mark="9")
        self.assertEqual((posted.status_code, posted.text), (404, answers[0].text))

    def test_nothing_else_is_visible(self):
        self._post(mark="2", comment="Late")
        pages = [self._get(path).text for path in ("", "?change=1", "/5", "/stop")]
        for page in pages:
            for secret in (
                "Ada",
                "ada@",
                self.rep.name,
                self.rep.login,
                "Internal name",
                self.team.name,
                "/web/login",
                "/odoo",
                "<script",
            ):
                self.assertNotIn(secret, page)
        self.assertIn(self.company.name, pages[0])

    def test_headers(self):
        for answer in (self._get(), self._get("/stop"), self._get(token="0" * 64)):
            self.assertEqual(answer.headers["Cache-Control"], "no-store")
            self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
            self.assertIn("noindex", answer.headers["X-Robots-Tag"])
            self.assertIn("frame-ancestors 'none'", answer.headers["Content-Security-Policy"])

    @mute_logger("odoo.http")
    def test_wrong_verbs(self):
        for path, method in (("/9", "POST"), ("", "PUT"), ("", "DELETE"), ("/stop", "PUT"), ("/unsubscribe", "DELETE")):
            with self.subTest(path=path, method=method):
                self.assertEqual(self.url_open(f"{self.path}{path}", method=method).status_code, 405)
        self.assertEqual(self._reload().state, "sent")

    @mute_logger("odoo.http")
    def test_forged_forms(self):
        """A page elsewhere cannot answer or opt out with the visitor's browser."""
        for path, data in (("", {"mark": "9"}), ("/stop", {})):
            for csrf in (False, "0" * 40 + "o9999999999"):
                self.assertEqual(self._post(path, csrf=csrf, **data).status_code, 400)
        self.assertEqual(self._reload().state, "sent")

    def test_somebody_logged_in_sees_no_more(self):
        self.authenticate(self.rep.login, self.rep.login)
        page = self._get("/9").text
        self.assertNotIn("/odoo", page)
        self.assertNotIn(self.rep.name, page)

    def test_guessing_links_ends(self):
        """In the database, so for all workers: then even right links of that address wait."""
        with patch.dict(hits.LIMITS, miss=3):
            codes = [self._get(token=f"{number:064}").status_code for number in range(5)]
            self.assertEqual(codes, [404, 404, 404, 429, 429])
            answer = self._get("/9")
            self.assertEqual((answer.status_code, answer.headers["Retry-After"]), (429, "600"))
            self.assertNotIn(self.company.name, answer.text)
            self.assertEqual(self._post("/unsubscribe", csrf=False).status_code, 429)
            # who is over the limit adds no rows
            self.assertEqual(self.env["sales.process.survey.hit"].search_count([("key", "=like", "miss:%")]), 3)
        self.env.cr.execute("UPDATE sales_process_survey_hit SET date = date - INTERVAL '60 minutes'")
        self.assertEqual(self._get("/9").status_code, 200)

    def test_one_link_is_limited(self):
        with patch.dict(hits.LIMITS, link=3):
            codes = [self._get("/9").status_code for _number in range(5)]
            self.assertEqual(codes, [200, 200, 200, 429, 429])
        with patch.dict(hits.LIMITS, address=3):
            self.assertEqual(self._get(token="0" * 64).status_code, 429)

    def test_addresses_are_not_kept(self):
        self._get()
        keys = self.env["sales.process.survey.hit"].search([]).mapped("key")
        self.assertEqual(len(keys), 2)
        self.assertFalse([key for key in keys if "127" in key.partition(":")[2][:3]])
        Hit = self.env["sales.process.survey.hit"]
        one, two = (Hit._get_address_key("miss", f"2001:db8:1:2::{number}") for number in (1, 2))
        self.assertEqual(one, two, "of IPv6 the network counts")
        self.assertNotEqual(one, Hit._get_address_key("miss", "2001:db8:1:3::1"))
        self.assertNotEqual(Hit._get_address_key("miss", "10.0.0.1"), Hit._get_address_key("miss", "10.0.0.2"))
        self.assertTrue(Hit._get_address_key("miss", None))

    def test_old_requests_are_forgotten(self):
        self._get()
        Hit = self.env["sales.process.survey.hit"]
        Hit._gc_hits()
        self.assertTrue(Hit.search([]))
        self.env.cr.execute("UPDATE sales_process_survey_hit SET date = date - INTERVAL '60 minutes'")
        Hit._gc_hits()
        Hit.invalidate_model()
        self.assertFalse(Hit.search([]))

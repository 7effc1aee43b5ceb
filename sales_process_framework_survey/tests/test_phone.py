from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tests.common import ChromeBrowser

from .common import SurveyCommon

#: Runs on the page that the customer only looks at.
LOOKER = """
window.addEventListener("load", () => {
    const noted = document.querySelector(".noted");
    if (!noted) { return; }
    if (!noted.hidden) { throw new Error("nothing is noted before somebody has looked"); }
    const wait = setInterval(() => {
        if (!noted.hidden && noted.getBoundingClientRect().height) {
            clearInterval(wait);
            console.log("test successful");
        }
    }, 100);
});
"""
#: Runs on each page that the customer comes to.
CUSTOMER = """
window.addEventListener("load", () => {
    const check = (what, message) => { if (!what) { throw new Error(message); } };
    const page = document.scrollingElement;
    if (!document.querySelector("main")) { return; }
    check(window.innerWidth === 390, "a phone, not " + window.innerWidth);
    check(page.scrollWidth <= window.innerWidth, "nothing sticks out: " + page.scrollWidth);
    const form = document.querySelector("form");
    if (form) {
        const marks = [...form.querySelectorAll("input[type=radio]")];
        check(marks.length === 11, "eleven marks");
        check(form.querySelector("input:checked").value === "4", "the mark of the mail is chosen");
        for (const mark of marks) {
            const box = mark.getBoundingClientRect();
            check(box.width >= 40 && box.height >= 40, "a finger finds " + mark.value + ": " + box.width);
        }
        const box = marks[9].getBoundingClientRect();
        document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2).click();
        check(marks[9].checked && !marks[4].checked, "another mark is chosen");
        form.querySelector("textarea").value = "Fast and friendly";
        form.querySelector("button").click();
    } else {
        check(document.body.innerText.includes("Thank you"), "the answer has arrived");
        check(document.body.innerText.includes("9"), "it says which");
        console.log("test successful");
    }
});
"""


@tagged("post_install", "-at_install")
class TestPhone(SurveyCommon, HttpCase):
    browser_size = "390x844"
    touch_enabled = True

    def _open(self, invitation, mark, visitor):
        path = f"/sales_process/nps/{invitation._get_token()}/{mark}"
        navigate = ChromeBrowser.navigate_to

        def with_visitor(browser, url, **kwargs):
            browser._websocket_request("Page.addScriptToEvaluateOnNewDocument", params={"source": visitor})
            return navigate(browser, url, **kwargs)

        with patch.object(ChromeBrowser, "navigate_to", with_visitor):
            self.browser_js(path, "", ready="true", timeout=60)
        self.env.invalidate_all()

    def test_one_click_in_the_mail_is_enough(self):
        invitation = self._invite()
        self._open(invitation, 3, LOOKER)
        self.assertEqual((invitation.state, invitation.mark), ("answered", 3))
        self.assertEqual(self.lead.sales_nps_band, "detractor")

    def test_customer_answers_on_a_phone(self):
        """One click in the mail, a better mark, a reason, send."""
        invitation = self._invite()
        self._open(invitation, 4, CUSTOMER)
        self.assertEqual((invitation.mark, invitation.comment), (9, "Fast and friendly"))
        self.assertEqual(self.lead.sales_nps_band, "promoter")

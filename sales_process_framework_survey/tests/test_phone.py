from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tests.common import ChromeBrowser

from .common import SurveyCommon

#: Runs on each page that the customer comes to; the page itself has no script.
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

    def test_customer_answers_on_a_phone(self):
        """One click in the mail, a better mark, a reason, send."""
        invitation = self._invite()
        path = f"/sales_process/nps/{invitation._get_token()}/4"
        navigate = ChromeBrowser.navigate_to

        def with_customer(browser, url, **kwargs):
            browser._websocket_request("Page.addScriptToEvaluateOnNewDocument", params={"source": CUSTOMER})
            return navigate(browser, url, **kwargs)

        with patch.object(ChromeBrowser, "navigate_to", with_customer):
            self.browser_js(path, "", ready="true", timeout=60)
        self.env.invalidate_all()
        self.assertEqual((invitation.mark, invitation.comment), (9, "Fast and friendly"))
        self.assertEqual(self.lead.sales_nps_band, "promoter")

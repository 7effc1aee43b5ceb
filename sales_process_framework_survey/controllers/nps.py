from odoo import http
from odoo.http import request

from ..tools.nps import HIGHEST, LOWEST, parse_mark

TEMPLATE = "sales_process_framework_survey.nps_%s"
#: The pages are of one person and one time: nobody keeps, finds or links them, and no other page frames them.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class SurveyNps(http.Controller):
    """Public pages of survey invitations, for whoever has the link.

    Mail scanners open every link of a mail: opening a page never changes anything, only what it sends does, by its
    button or after somebody has looked at it. Whatever is not a valid link gets the same page.
    """

    @http.route("/sales_process/nps/<string:token>", type="http", auth="public", methods=["GET"], sitemap=False)
    def show(self, token, **_kwargs):
        return self._show(token)

    @http.route(
        "/sales_process/nps/<string:token>/<string:mark>", type="http", auth="public", methods=["GET"], sitemap=False
    )
    def show_mark(self, token, mark, **_kwargs):
        """The page with the mark that was clicked in the mail."""
        if parse_mark(mark) is None:
            return self._refuse(missed=True)
        return self._show(token, parse_mark(mark))

    @http.route("/sales_process/nps/<string:token>", type="http", auth="public", methods=["POST"], sitemap=False)
    def answer(self, token, mark=None, comment=None, clicked=None, **_kwargs):
        """:param clicked: "1" for the mark of the mail, which the page sends by itself; it replaces no answer"""
        invitation, refusal = self._find(token)
        if refusal:
            return refusal
        chosen = parse_mark(mark)
        if clicked == "1":
            kept = chosen is not None and invitation.state == "sent" and invitation._keep_answer(chosen)
            return self._finish(request.make_response(""), 204 if kept else 409)
        if chosen is None:
            return self._render_page(invitation, status=400)
        invitation._keep_answer(chosen, comment)
        return request.redirect(f"/sales_process/nps/{token}", code=303)

    @http.route(
        ["/sales_process/nps/<string:token>/stop", "/sales_process/nps/<string:token>/unsubscribe"],
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def show_stop(self, token, **_kwargs):
        invitation, refusal = self._find(token, to_stop=True)
        return refusal or self._render("stop", invitation, done=invitation.state == "opted_out")

    @http.route("/sales_process/nps/<string:token>/stop", type="http", auth="public", methods=["POST"], sitemap=False)
    def stop(self, token, **_kwargs):
        invitation, refusal = self._find(token, to_stop=True)
        if refusal:
            return refusal
        invitation._opt_out()
        return self._render("stop", invitation, done=True)

    @http.route(
        "/sales_process/nps/<string:token>/unsubscribe",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        sitemap=False,
    )
    def unsubscribe(self, token, **_kwargs):
        """The mail program's own button (RFC 8058): a POST without a session; the link itself is the proof."""
        invitation, refusal = self._find(token, to_stop=True)
        if refusal:
            return refusal
        invitation._opt_out()
        return self._render("stop", invitation, done=True)

    # ------------------------------------------------------------------
    # Who may
    # ------------------------------------------------------------------

    def _find(self, token, to_stop=False):
        """The invitation of a link, within the limits of requests.

        :param to_stop: opting out works as long as the invitation exists, also when it is too late to answer
        :return: (invitation under sudo, None) or (None, response)
        """
        Hit = request.env["sales.process.survey.hit"].sudo()
        address = request.httprequest.remote_addr
        keys = [Hit._get_address_key(kind, address) for kind in ("address", "miss")]
        if Hit._is_over(keys):
            return None, self._refuse(status=429)
        # The link is the permission: whoever has it acts for the person that it was sent to.
        invitation = request.env["sales.process.survey.invitation"].sudo()._find_by_token(token)
        if not (invitation.date_sent if to_stop else invitation._is_open() and invitation.state != "opted_out"):
            return None, self._refuse(missed=True)
        link_key = f"link:{invitation.selector}"
        if Hit._is_over([link_key]):
            return None, self._refuse(status=429)
        Hit._count([keys[0], link_key])
        request.update_context(lang=invitation.lang or request.env.lang)
        return invitation.with_env(request.env(su=True)), None

    def _refuse(self, status=404, missed=False):
        """The same page, whatever was wrong: nobody learns which links exist."""
        if missed:
            Hit = request.env["sales.process.survey.hit"].sudo()
            address = request.httprequest.remote_addr
            keys = [Hit._get_address_key(kind, address) for kind in ("address", "miss")]
            if Hit._is_over(keys):
                status = 429
            else:
                Hit._count(keys)
        response = self._finish(request.render(TEMPLATE % "neutral", {"busy": status == 429}), status)
        if status == 429:
            response.headers["Retry-After"] = "600"
        return response

    # ------------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------------

    def _show(self, token, mark=None):
        invitation, refusal = self._find(token)
        if refusal:
            return refusal
        if invitation.program_id.kind == "questionnaire":
            return self._open_questionnaire(invitation)
        return self._render_page(invitation, mark)

    def _open_questionnaire(self, invitation):
        """The survey's own page; a participation that is done, or was deleted, has nothing to show."""
        if not invitation.user_input_id:
            return self._refuse()
        if invitation.state == "answered":
            return self._render("thanks", invitation, can_change=False)
        return request.redirect(invitation.user_input_id.get_start_url(), code=303)

    def _render_page(self, invitation, mark=None, status=200):
        answered = invitation.state == "answered"
        if answered and mark in (None, invitation.mark) and status == 200 and "change" not in request.params:
            return self._render("thanks", invitation, can_change=invitation._can_answer())
        if not invitation._can_answer():
            return self._render("thanks", invitation, can_change=False)
        mark_question, why_question = invitation.program_id.survey_id._get_nps_questions()
        return self._render(
            "page",
            invitation,
            status=status,
            question=mark_question,
            why=why_question,
            marks=range(LOWEST, HIGHEST + 1),
            chosen=mark if mark is not None else invitation.mark if answered else None,
            clicked=None if answered or mark is None else str(mark),
            missing=status == 400,
        )

    def _render(self, name, invitation, status=200, **values):
        """Nothing of the company but its name and its logo."""
        company = invitation.company_id
        values |= {
            "invitation": invitation,
            "token": invitation._get_token(),
            "company_name": company.name,
            "logo": company.logo_web,
            "page_lang": (invitation.lang or request.env.lang or "en_US").replace("_", "-"),
        }
        return self._finish(request.render(TEMPLATE % name, values), status)

    def _finish(self, response, status):
        response.status_code = status
        response.headers.update(HEADERS)
        return response

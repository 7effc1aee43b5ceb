import secrets

from odoo import api, models
from odoo.tools import consteq
from odoo.tools.misc import hmac

#: A link is a selector of 128 random bits, which finds the invitation, and 128 bits that only the server makes of it.
SELECTOR_LENGTH = 32
TOKEN_LENGTH = 64
SCOPE = "sales_process_survey_link"


def new_selector():
    return secrets.token_hex(SELECTOR_LENGTH // 2)


class SalesProcessSurveyLink(models.AbstractModel):
    """The public link of an invitation. The link itself is nowhere in the database: reading invitations opens none."""

    _name = "sales.process.survey.link"
    _description = "Public Links of Survey Invitations"

    @api.model
    def _sign(self, selector):
        return hmac(self.env(su=True), SCOPE, selector)[: TOKEN_LENGTH - SELECTOR_LENGTH]

    def _get_token(self):
        self.ensure_one()
        selector = self.sudo().selector
        return f"{selector}{self._sign(selector)}"

    def _get_link(self, suffix=None):
        """:return: absolute URL of the public page; mail templates use it

        :param suffix: a mark, or "stop"
        """
        self.ensure_one()
        link = f"{self.company_id.get_base_url()}/sales_process/nps/{self._get_token()}"
        return link if suffix is None else f"{link}/{suffix}"

    @api.model
    def _find_by_token(self, token):
        """:return: the invitation of a link, under sudo; none for any other text, which is told by its signature alone
        and in the same time"""
        nothing = self.sudo().browse()
        if not token or len(token) != TOKEN_LENGTH or not token.isascii():
            return nothing
        selector, signature = token[:SELECTOR_LENGTH], token[SELECTOR_LENGTH:]
        if not consteq(self._sign(selector), signature):
            return nothing
        return self.sudo().search([("selector", "=", selector)], limit=1)

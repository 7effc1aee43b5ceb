from odoo import models

BADGE = "sales_process_framework_gamification.badge_process_improver"


class SalesProcessAward(models.Model):
    _inherit = "sales.process.award"

    def _on_received(self):
        """A thank-you comes with a badge, once the person is known; badges are public."""
        result = super()._on_received()
        badge = self.env.ref(BADGE, raise_if_not_found=False)
        named = self.filtered("user_id")
        if badge and named:
            # sudo: the badge comes with the thank-you and is given in no other way
            badges = self.env["gamification.badge.user"].sudo()
            granted = badges.create([award._prepare_badge_vals(badge) for award in named])
            for badge_user in granted:
                badge_user._send_badge()
        return result

    def _prepare_badge_vals(self, badge):
        self.ensure_one()
        return {
            "badge_id": badge.id,
            "user_id": self.user_id.id,
            "sender_id": self.given_by_id.id,
            "comment": self.reason,
        }

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError

from .feedback_labels import MANAGER

#: What feedback, and what an improvement, has to be before it is called adopted.
ADOPTED_STATES = ("planned", "done")
ADOPTED_IMPROVEMENTS = ("accepted", "in_version", "measured")


class SalesProcessAward(models.Model):
    """A public thank-you for feedback, or an idea, that made the process better (R2: rewards for improvement ideas)."""

    _name = "sales.process.award"
    _description = "Thank-you"
    _order = "date desc, id desc"
    _check_company_auto = True

    feedback_id = fields.Many2one(
        "sales.process.feedback", index="btree_not_null", ondelete="cascade", check_company=True, groups=MANAGER
    )
    improvement_id = fields.Many2one(
        "sales.process.improvement",
        string="Idea",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        groups=MANAGER,
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id", store=True, index=True, precompute=True)
    kind = fields.Selection(
        [
            ("adopted", "Idea adopted"),
            ("sharp_eye", "Found what held everybody up"),
            ("helping_hand", "Helped to put it right"),
        ],
        string="For",
        required=True,
        default="adopted",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Goes To",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: somebody who gave it anonymously.",
    )
    receiver = fields.Char(string="Thanks To", compute="_compute_receiver", compute_sudo=True)
    reason = fields.Text(required=True, help="What is better now. Everybody who sells reads it.")
    date = fields.Date(required=True, default=fields.Date.context_today)
    given_by_id = fields.Many2one(
        "res.users", string="Thanked By", required=True, readonly=True, default=lambda self: self.env.user
    )

    _once = models.UniqueIndex("(feedback_id, kind)", "This thank-you was said already.")
    _once_for_an_improvement = models.UniqueIndex("(improvement_id, kind)", "This thank-you was said already.")
    _for_one_thing = models.Constraint(
        "CHECK ((feedback_id IS NULL) <> (improvement_id IS NULL))",
        "A thank-you is for feedback or for an improvement.",
    )

    @api.depends("feedback_id.company_id", "improvement_id.company_id")
    def _compute_company_id(self):
        for award in self:
            award.company_id = award._get_reason_record().company_id

    def _get_reason_record(self):
        """:return: the feedback or the improvement that it is for"""
        self.ensure_one()
        return self.feedback_id or self.improvement_id

    @api.depends("user_id")
    def _compute_receiver(self):
        for award in self:
            award.receiver = award.user_id.name or self.env._("Somebody who stays unnamed")

    @api.depends("receiver", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for award in self:
            award.display_name = f"{award.receiver}: {kinds.get(award.kind, '')}"

    @api.constrains("kind", "feedback_id", "improvement_id")
    def _check_adopted(self):
        for award in self.filtered(lambda award: award.kind == "adopted"):
            adopted = ADOPTED_STATES if award.feedback_id else ADOPTED_IMPROVEMENTS
            if award._get_reason_record().state not in adopted:
                raise ValidationError(
                    self.env._(
                        "“%s” is neither planned nor done yet: adopt it first, then say thank you.",
                        award._get_reason_record().display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # The receiver follows from what was said: nobody is thanked for what another has said.
        awards = super().create(
            [{**vals, "user_id": self._get_author(vals).id, "given_by_id": self.env.uid} for vals in vals_list]
        )
        if any(award.user_id == self.env.user for award in awards):
            raise UserError(self.env._("Nobody thanks oneself: let somebody else do it."))
        awards._publish()
        return awards

    @api.model
    def _open_for(self, record):
        """:return: action of the dialog that says thank you for feedback or an improvement"""
        field = "feedback_id" if record._name == "sales.process.feedback" else "improvement_id"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Say Thank You"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {f"default_{field}": record.id},
        }

    @api.model
    def _get_author(self, vals):
        """:return: res.users, empty for anonymous feedback
        :raise UserError: nobody knows whose idea an improvement was
        """
        vals = {**self.default_get(["feedback_id", "improvement_id"]), **vals}
        if not vals.get("improvement_id"):
            return self.env["sales.process.feedback"].browse(vals.get("feedback_id")).author_id
        improvement = self.env["sales.process.improvement"].browse(vals["improvement_id"])
        if not improvement.author_id:
            raise UserError(self.env._("Say first whose idea “%s” was.", improvement.name))
        return improvement.author_id

    def write(self, vals):
        if {"feedback_id", "improvement_id", "user_id", "given_by_id"} & vals.keys() and not self.env.su:
            raise UserError(self.env._("Whom a thank-you goes to, and for what, is settled once it is said."))
        return super().write(vals)

    def _assign(self, user):
        """Somebody unnamed is known now."""
        self.write({"user_id": user.id})
        self._on_received()

    def _publish(self):
        """On what it is for, to the person, and to the team of whoever is named."""
        for award in self:
            award._get_reason_record()._message_log(body=award._get_words())
            if team := award.user_id.sale_team_id:
                colleagues = (team.member_ids | team.user_id) - award.user_id - self.env.user
                # sudo: the one who thanks needs no access to the team
                team.sudo().message_post(
                    body=award._get_words(),
                    author_id=self.env.user.partner_id.id,
                    partner_ids=colleagues.partner_id.ids,
                    subtype_xmlid="mail.mt_note",
                )
        voices = (
            self.env["sales.process.feedback.voice"]
            .sudo()
            .search([("feedback_id", "in", self.feedback_id.ids), ("role", "=", "giver")])
        )
        for voice in voices:
            self.filtered(lambda award, voice=voice: award.feedback_id == voice.feedback_id)._thank(voice.user_id)
        for award in self.filtered("improvement_id"):
            award._thank(award.user_id)
        self._on_received()

    def _thank(self, user):
        if not user.active or user == self.env.user:
            return
        thanks = self.with_context(lang=user.lang)
        # No record and no sender: whoever gave it anonymously stays so, see the status of feedback.
        self.env["mail.thread"].with_user(SUPERUSER_ID).message_notify(
            partner_ids=user.partner_id.ids,
            subject=thanks.env._("Thank you for your feedback"),
            body=Markup().join(one._get_words() for one in thanks),
            author_id=self.env.ref("base.partner_root").id,
            email_layout_xmlid="mail.mail_notification_light",
        )

    def _get_words(self):
        self.ensure_one()
        return Markup("<p>🏆 <b>%s</b></p><p>%s</p>") % (self.display_name, self.reason)

    def _on_received(self):
        """Hook: these thank-yous have a receiver, unless ``user_id`` is empty."""

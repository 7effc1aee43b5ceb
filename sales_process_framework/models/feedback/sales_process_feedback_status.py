from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import plaintext2html

OPEN_STATES = ("new", "review", "planned")
#: Told to whoever gave the feedback when it changes.
STATUS_FIELDS = ("state", "answer")


class SalesProcessFeedbackStatus(models.AbstractModel):
    """What becomes of feedback: status, answer, merging, and that its givers hear of it."""

    _name = "sales.process.feedback.status"
    _description = "What Becomes of Feedback"

    state = fields.Selection(
        [
            ("new", "New"),
            ("review", "Under Review"),
            ("planned", "Planned"),
            ("done", "Done"),
            ("declined", "Declined"),
        ],
        string="Status",
        required=True,
        default="new",
        index=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    answer = fields.Text(copy=False, tracking=True, help="Shown to whoever gave it and to everybody who joined.")
    answered_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    answered_on = fields.Datetime(readonly=True, copy=False)
    merged_into_id = fields.Many2one(
        "sales.process.feedback",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        help="Says the same, and has its status from there on.",
    )
    merged_ids = fields.One2many("sales.process.feedback", "merged_into_id", readonly=True)
    merged_count = fields.Integer(compute="_compute_merged_count")

    @api.depends("merged_ids")
    def _compute_merged_count(self):
        counts = dict(self._read_group([("merged_into_id", "in", self.ids)], ["merged_into_id"], ["__count"]))
        for feedback in self:
            feedback.merged_count = counts.get(feedback, 0)

    @api.constrains("state", "answer")
    def _check_answer(self):
        for feedback in self:
            if feedback.state == "declined" and not (feedback.answer or "").strip():
                raise ValidationError(
                    self.env._(
                        "Say why “%s” is declined: open it and write the answer first. Whoever gave it will read it.",
                        feedback.display_name,
                    )
                )

    @api.constrains("merged_into_id")
    def _check_merged(self):
        for feedback in self.filtered("merged_into_id"):
            main = feedback.merged_into_id
            if main == feedback or main.merged_into_id or feedback.merged_ids:
                raise ValidationError(self.env._("Feedback is merged into one that stands on its own."))
            if main.company_id != feedback.company_id:
                raise ValidationError(self.env._("Feedback of different companies stays apart."))

    def write(self, vals):
        status = {name: vals[name] for name in STATUS_FIELDS if name in vals}
        if not status:
            return super().write(vals)
        if "merged_into_id" not in vals and self.merged_into_id:
            raise UserError(
                self.env._("Answer “%s”: the others that say the same follow.", self.merged_into_id[0].display_name)
            )
        # What was merged has the status of the main one, in its own row: lists and counts need no detour.
        merged = self.sudo().merged_ids
        before = {one.id: (one.state, one.answer) for one in self | merged}
        who = {"answered_by_id": self.env.uid, "answered_on": self.env.cr.now()}
        result = super().write({**vals, **who})
        if merged:
            # sudo: rows that follow, whoever may see them
            super(SalesProcessFeedbackStatus, merged).write({**status, **who})
        changed = (self | merged).filtered(lambda one: (one.state, one.answer) != before[one.id])
        changed._tell_givers()
        return result

    # -- merging --------------------------------------------------------------

    def _merge_into(self, main):
        """These say the same as ``main``: texts and voices are kept, the status is the main one's from now on."""
        main.ensure_one()
        root = main.merged_into_id or main
        # Whatever had been merged into one of these comes along.
        together = (self | self.merged_ids) - root
        if not together:
            return root
        children = self.merged_ids - root
        children.write({"merged_into_id": False, "state": root.state, "answer": root.answer})
        together.write(
            {
                "merged_into_id": root.id,
                "state": root.state,
                "answer": root.answer,
                **({"improvement_id": root.improvement_id.id} if root.improvement_id else {}),
            }
        )
        together._count_votes()
        body = Markup().join(Markup("<li>%s</li>") % one._get_excerpt() for one in together)
        root._message_log(
            body=Markup("<p>%s</p><ul>%s</ul>") % (self.env._("These say the same and count here:"), body)
        )
        return root

    def action_split(self):
        """It was not the same after all."""
        self.check_access("write")
        mains = self.merged_into_id
        self.write({"merged_into_id": False, "state": "review"})
        (self | mains)._count_votes()
        return True

    # -- telling --------------------------------------------------------------

    def _tell_givers(self):
        """Each person gets one message, however much of theirs has changed, and sees nobody else's name on it.

        No record hangs on the message and no person sends it: whoever may read the feedback learns from neither who
        was told.
        """
        # sudo: nobody but the person may read who is told
        voices = self.env["sales.process.feedback.voice"].sudo()
        found = voices.search([("feedback_id", "in", self.ids), ("user_id", "!=", self.env.uid)], order="role, id")
        bot = self.env.ref("base.partner_root")
        for user, theirs in found.filtered("user_id.active").grouped("user_id").items():
            feedback = self.sudo().browse(theirs.feedback_id.ids).with_context(lang=user.lang)
            # Somebody who joined the main one and gave another that was merged hears it in the own words.
            rows = {(one.merged_into_id or one).id: one for one in reversed(feedback)}
            texts = self.browse(one.id for one in reversed(rows.values())).sudo().with_context(lang=user.lang)
            self.env["mail.thread"].with_user(SUPERUSER_ID).with_context(lang=user.lang).message_notify(
                partner_ids=user.partner_id.ids,
                subject=texts._get_status_subject(),
                body=texts._get_status_body(),
                author_id=bot.id,
                email_layout_xmlid="mail.mail_notification_light",
            )

    def _get_status_subject(self):
        if len(self) > 1:
            return self.env._("News about %s pieces of your feedback", len(self))
        labels = dict(self._fields["state"]._description_selection(self.env))
        return self.env._("Your feedback: %s", labels[self.state])

    def _get_status_body(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        base = self[:1].get_base_url()
        lines = [
            Markup("<li><a href='%s/odoo/my-feedback/%s'>%s</a>: <b>%s</b>%s</li>")
            % (
                base,
                one.id,
                one._get_excerpt(),
                labels[one.state],
                Markup("<br/>%s") % one.answer if one.answer else "",
            )
            for one in self
        ]
        return Markup("<ul>%s</ul>") % Markup().join(lines)

    # -- buttons --------------------------------------------------------------

    def action_review(self):
        self.check_access("write")
        self.filtered(lambda one: one.state == "new").write({"state": "review"})
        return True

    def action_open_answer(self):
        """Answer, and decline or plan with it, in one step."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "sales.process.feedback.answer",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_feedback_ids": self.ids, **self.env.context},
        }

    def action_open_merge(self):
        """Look for others that say the same."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge What Says the Same"),
            "res_model": "sales.process.feedback.merge",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_searched_ids": self.ids},
        }

    def action_open_merged(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Says the Same"),
            "res_model": self._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("merged_into_id", "=", self.id)],
        }

    def action_open_improvement(self):
        """The improvement that answers this, made from it when there is none."""
        self.ensure_one()
        self.check_access("write")
        if not self.improvement_id:
            self.improvement_id = self.env["sales.process.improvement"].create(self._prepare_improvement_vals())
            self.merged_ids.write({"improvement_id": self.improvement_id.id})
            self.action_review()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sales.process.improvement",
            "res_id": self.improvement_id.id,
            "views": [(False, "form")],
        }

    def _prepare_improvement_vals(self):
        return {
            "name": self._get_excerpt(),
            "description": plaintext2html(self.text),
            "company_id": self.company_id.id,
            "author_id": self.author_id.id,
            "process_id": self.process_id.id,
            "stage_id": self.process_stage_id.id,
            "requirement_id": self.requirement_id.id,
        }

    def action_open_award(self):
        """Say thank you for it, in public."""
        self.ensure_one()
        self.check_access("write")
        return self.env["sales.process.award"]._open_for(self)

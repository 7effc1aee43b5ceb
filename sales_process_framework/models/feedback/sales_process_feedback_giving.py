from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, html2plaintext

from .sales_process_feedback_status import OPEN_STATES

#: Characters that somebody can write at once; more is a document.
LONGEST_TEXT = 4000
#: A refusal of the last so many seconds is the one that the feedback is about.
RECENT_SECONDS = 24 * 3600
#: Customers who answer so much, or less, are detractors; from the second number on they are promoters (NPS).
DETRACTOR, PROMOTER = 6, 9
#: Who gave it does not matter to a colleague who is about to write the same; what customers said stays inside.
SHARED_SOURCES = ("rep", "review")


class SalesProcessFeedbackGiving(models.AbstractModel):
    """How feedback comes in: from a gate or stage, from a customer; the public methods are called by the web client."""

    _name = "sales.process.feedback.giving"
    _description = "How Feedback Comes In"

    @api.model
    @api.readonly
    def get_form(self, about=None):
        """What the form needs to open, in a few queries and only once somebody wants to say something.

        :param about: see :meth:`give`
        :return: {"themes": [{"id", "name"}], "similar": see :meth:`get_similar`}
        """
        self.browse().check_access("read")
        themes = self.env["sales.process.feedback.theme"].search_fetch([], ["name"])
        return {
            "themes": [{"id": theme.id, "name": theme.name} for theme in themes],
            "similar": self.get_similar("", about),
        }

    @api.model
    @api.readonly
    def get_similar(self, text, about=None):
        """Open feedback of colleagues that may say the same, without names.

        :return: [{"id", "text", "votes", "state", "is_mine", "about"}], most alike first
        """
        self.browse().check_access("read")
        place = self._get_place(about or {})
        scores = self._get_similar(
            (text or "")[:LONGEST_TEXT],
            place["requirement"],
            place["stage"],
            domain=[("source", "in", SHARED_SOURCES)],
        )
        # sudo: text, number of voices and status of these, and nothing else of them
        rows = self.sudo().browse(scores)
        roles = self.browse(scores)._get_my_roles()
        labels = dict(self._fields["state"]._description_selection(self.env))
        return [
            {
                "id": row.id,
                "text": row.text,
                "votes": row.vote_count,
                "state": labels[row.state],
                "is_mine": row.id in roles,
                "about": row.about,
            }
            for row in rows
        ]

    @api.model
    def give(self, text, about=None, kind="obstacle", theme_id=False, anonymous=False):
        """Say something, wherever one stands; nothing that is being done on the lead is touched.

        :param about: dict, all optional: lead_id; process_id; stage_id and requirement_id of the process;
            from_stage_id and to_stage_id of the pipeline; unmet, a list of requirement ids; refused, whether a gate has
            just refused
        :param anonymous: keep the name, the lead and the time of day from everybody
        :return: id of the feedback
        """
        self.browse().check_access("read")
        text = (text or "").strip()
        if not text:
            raise UserError(self.env._("Say in a few words what it is about."))
        place = self._get_place(about or {})
        vals = self._prepare_given_vals(text[:LONGEST_TEXT], place, kind, theme_id, anonymous)
        # As the superuser, and silent: neither a column nor a message names who gave it.
        giving = self.with_user(SUPERUSER_ID).with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True, tracking_disable=True
        )
        feedback = giving.create(vals)
        if anonymous:
            feedback._blur_time()
        giving.env["sales.process.feedback.voice"]._add([(feedback.id, self.env.uid, "giver")])
        return feedback.id

    def me_too(self):
        """Join what a colleague has said.

        :return: number of voices
        """
        self.ensure_one()
        self.browse().check_access("read")
        # sudo: colleagues' feedback is not readable; joining needs only that it could have been shown
        feedback = self.sudo().exists()
        main = feedback.merged_into_id or feedback
        if not main or main.company_id not in self.env.companies or main.source not in SHARED_SOURCES:
            raise AccessError(self.env._("This feedback is not one that you can join."))
        if main.state not in OPEN_STATES:
            raise UserError(self.env._("This has been answered in the meantime. Reload to see the answer."))
        self.env["sales.process.feedback.voice"].sudo()._add([(main.id, self.env.uid, "me_too")])
        return main.vote_count

    def take_back(self):
        """Leave what one has joined; what one gave oneself stays."""
        # sudo: nobody holds write access to voices, these are the user's own
        voices = self.env["sales.process.feedback.voice"].sudo()
        own = voices.search([("feedback_id", "in", self.ids), ("user_id", "=", self.env.uid), ("role", "=", "me_too")])
        feedback = own.feedback_id
        own.unlink()
        feedback._count_votes()
        return True

    def show_my_name(self):
        """Somebody who gave it anonymously wants to be known after all."""
        roles = self._get_my_roles()
        if any(roles.get(feedback.id) != "giver" for feedback in self):
            raise AccessError(self.env._("Only whoever gave it can say so."))
        # sudo: reps hold no write access to feedback
        for feedback in self.sudo().filtered("anonymous"):
            feedback.write({"anonymous": False, "author_id": self.env.uid})
            feedback.award_ids.filtered(lambda award: not award.user_id)._assign(self.env.user)
        return True

    def action_give(self):
        """The small form, about no deal or step in particular."""
        return {"type": "ir.actions.client", "tag": "sales_process_feedback_give"}

    # -- where and in which situation -----------------------------------------

    @api.model
    def _get_place(self, about):
        """What the client says about where it was, checked as the user.

        :return: dict with lead, process, stage and requirement (records), from_stage and to_stage (``crm.stage``),
            unmet (requirements) and refused
        """
        numbers = {key: about.get(key) for key in ("lead_id", "process_id", "stage_id", "requirement_id")}
        numbers |= {key: about.get(key) for key in ("from_stage_id", "to_stage_id")}
        models_by_key = {
            "lead_id": "crm.lead",
            "process_id": "sales.process",
            "stage_id": "sales.process.stage",
            "requirement_id": "sales.process.requirement",
            "from_stage_id": "crm.stage",
            "to_stage_id": "crm.stage",
        }
        found = {
            key.removesuffix("_id"): self.env[model].browse(numbers[key] if isinstance(numbers[key], int) else ())
            for key, model in models_by_key.items()
        }
        unmet = [number for number in about.get("unmet") or () if isinstance(number, int)]
        found["unmet"] = self.env["sales.process.requirement"].browse(unmet)
        for key, records in found.items():
            found[key] = records.exists()
            found[key].check_access("read")
        lead = found["lead"].sudo()
        if not found["stage"] and not found["requirement"] and found["from_stage"]:
            found["stage"] = (found["process"] or lead.sales_process_id).stage_ids.filtered(
                lambda stage: stage.stage_id == found["from_stage"]
            )[:1]
        found["stage"] = found["requirement"].process_stage_id or found["stage"]
        found["process"] = found["stage"].process_id or found["process"] or lead.sales_process_id.sudo(False)
        found["refused"] = bool(about.get("refused"))
        return found

    def _prepare_given_vals(self, text, place, kind, theme_id, anonymous):
        decision = self._find_refusal(place) if place["refused"] else self.env["sales.process.decision"]
        unmet = [entry["name"] for entry in decision.unmet or ()] or place["unmet"].mapped("name")
        context = {
            "lead": False if anonymous else place["lead"].name or decision.lead_name or False,
            "from_stage": place["from_stage"].name or place["stage"].name or False,
            "to_stage": place["to_stage"].name or False,
            "movement": decision.movement or False,
            "unmet": unmet,
        }
        company = place["lead"].company_id or place["process"].company_id or self.env.company
        return {
            "text": text,
            "kind": kind if kind in dict(self._fields["kind"].selection) else "obstacle",
            "source": "rep",
            "company_id": company.id,
            "given_on": self._get_today(),
            "process_id": place["process"].id,
            "process_stage_id": place["stage"].id,
            "requirement_id": place["requirement"].id,
            "lead_id": False if anonymous else place["lead"].id,
            "decision_id": False if anonymous else decision.id,
            "context": {key: value for key, value in context.items() if value},
            "theme_id": self._get_theme(theme_id).id,
            "author_id": False if anonymous else self.env.uid,
            "logged_by_id": False,
            "anonymous": bool(anonymous),
        }

    def _get_theme(self, theme_id):
        theme = self.env["sales.process.feedback.theme"].browse(theme_id if isinstance(theme_id, int) else ()).exists()
        theme.check_access("read")
        return theme

    def _find_refusal(self, place):
        """The attempt that the user means: it was stored once the refused move was taken back."""
        # sudo: of the user's own attempts only
        domain = [("user_id", "=", self.env.uid), ("outcome", "=", "refused"), ("lead_id", "=", place["lead"].id)]
        if place["to_stage"]:
            domain.append(("to_stage_id", "=", place["to_stage"].id))
        refusal = self.env["sales.process.decision"].sudo().search(domain, limit=1)
        age = (self.env.cr.now() - refusal.date).total_seconds() if refusal else RECENT_SECONDS
        return refusal if age < RECENT_SECONDS else refusal.browse()

    def _blur_time(self):
        """The day is kept and not the moment: beside the log of attempts the moment would be a name."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """UPDATE sales_process_feedback
                      SET create_date = date_trunc('day', create_date), write_date = date_trunc('day', write_date)
                    WHERE id = ANY(%s)""",
                self.ids,
            )
        )
        self.invalidate_recordset(["create_date", "write_date"])

    # -- customers ------------------------------------------------------------

    @api.model
    def _prepare_customer_vals(self, partner, text, lead=None, score=None):
        """Values of what a customer said; extend this to add more.

        :param partner: ``res.partner``, may be empty
        :param text: the customer's words; may be empty when there is a score
        :param lead: ``crm.lead`` it is about, if any
        :param score: 0 to 10, None without one
        """
        lead = lead or self.env["crm.lead"]
        text = (text or "").strip()
        if not text and score is not None:
            text = self.env._("%s of 10, without a word.", score)
        if score is None:
            kind = "idea"
        else:
            kind = "obstacle" if score <= DETRACTOR else "praise" if score >= PROMOTER else "idea"
        company = lead.company_id or partner.company_id or self.env.company
        return {
            "text": text,
            "kind": kind,
            "source": "customer",
            "company_id": company.id,
            "partner_id": (partner or lead.partner_id).id,
            "lead_id": lead.id,
            "process_id": lead.sudo().sales_process_id.id,
            "process_stage_id": lead.sudo().sales_process_stage_id.id,
            "author_id": False,
            "score": score or 0,
            "has_score": score is not None,
        }

    @api.model
    def _log_customer(self, partner, text, lead=None, score=None):
        """Keep what a customer said as feedback, for instance from a questionnaire.

        :return: the feedback, as the environment given may see it
        :raise ValidationError: neither a text nor a score
        """
        return self.create(self._prepare_customer_vals(partner, text, lead=lead, score=score))

    @api.model
    def action_log_customer(self, res_model=False, res_id=False, message_id=False):
        """A form filled with what a customer wrote on a lead or contact, to be checked and saved.

        :return: action
        """
        self.browse().check_access("create")
        record = self.env[res_model].browse(res_id) if res_model in ("crm.lead", "res.partner") else None
        lead = record if res_model == "crm.lead" else self.env["crm.lead"]
        partner = (record if res_model == "res.partner" else lead.partner_id) or self.env["res.partner"]
        message = self.env["mail.message"].browse(message_id or ()).exists()
        for seen in (lead, partner, message):
            seen.check_access("read")
        writer = message.author_id
        customer = writer if writer and writer.partner_share else partner
        text = html2plaintext(message.body or "", include_references=False).strip()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What the Customer Said"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                f"default_{name}": value
                for name, value in self._prepare_customer_vals(customer, text, lead=lead).items()
            },
        }

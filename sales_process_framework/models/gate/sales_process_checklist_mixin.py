from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from ...tools import gate
from .sales_process_judgement import GateFacts

ANSWERABLE = ("manual", "approval")


class SalesProcessChecklistMixin(models.AbstractModel):
    """What reps and approvers do with a lead's requirements; every public method is called by the web client."""

    _name = "sales.process.checklist.mixin"
    _description = "Checklist of leads"

    @api.readonly
    def get_sales_process_panel(self):
        """:return: dict for the panel on the lead form, or False without a process"""
        self.ensure_one()
        panel = self.env["sales.process.panel"]._in_user_language()
        panel._fetch_lead(self)
        self.check_access("read")
        return panel._prepare_panel(self)

    def sales_process_answer(self, requirement_id, values):
        """Tick, count, note or clear one requirement.

        :param dict values: state ("done", "na" or False to clear), count, note
        :return: the panel
        """
        requirement = self._get_own_requirement(requirement_id)
        self._answer(requirement, values)
        return self._after_checklist_change()

    def sales_process_submit_document(self, requirement_id, attachment_ids, content_date=False):
        """Hand in uploaded files.

        :param list attachment_ids: files uploaded to this lead by the user
        :param str content_date: YYYY-MM-DD, the date the content is of; today by default
        :return: the panel
        """
        requirement = self._get_own_requirement(requirement_id)
        self._submit_document(requirement, attachment_ids, content_date)
        return self._after_checklist_change()

    def sales_process_remove_document(self, requirement_id, attachment_id):
        """:return: the panel"""
        requirement = self._get_own_requirement(requirement_id)
        deliverables = self.env["sales.process.deliverable"].sudo()
        deliverable = deliverables.search(
            [
                ("lead_id", "=", self.id),
                ("requirement_id", "=", requirement.id),
                ("attachment_ids", "in", [attachment_id]),
            ]
        )
        if not deliverable:
            raise UserError(self.env._("This file is no longer part of the document."))
        deliverable.attachment_ids.filtered(lambda file: file.id == attachment_id).unlink()
        return self._after_checklist_change()

    def sales_process_request_approval(self, requirement_id, note=False):
        """Ask the role of an approval requirement; its deputies when nobody is there.

        :return: the panel
        """
        requirement = self._get_own_requirement(requirement_id)
        self._request_approval(requirement, note)
        return self._after_checklist_change()

    def sales_process_decide(self, requirement_id, approve, note=False):
        """Approve or reject a requested approval or a document handed in.

        :return: the panel
        """
        self.ensure_one()
        self.check_access("read")
        requirement = self._find_requirement(requirement_id)
        if requirement.judgement == "document":
            documents = self.env["sales.process.deliverable"].search(
                [("lead_id", "=", self.id), ("requirement_id", "=", requirement.id), ("state", "=", "submitted")]
            )
            if not documents:
                raise UserError(self.env._("There is no document waiting for a decision."))
            documents._action_decide(approve, note)
        else:
            self._decide_approval(requirement, approve, note)
        self.sudo()._refresh_gate_state()
        return self.get_sales_process_panel()

    def sales_process_complete(self, entries):
        """Store everything typed into the refusal dialog for this lead, all or nothing.

        :param list entries: dicts with requirement_id and, as it applies, state, count, note, attachment_ids,
            content_date, values ({field: value} for fields to fill in)
        """
        self.ensure_one()
        self.check_access("write")
        requirements = {number: self._get_own_requirement(number) for number in {e["requirement_id"] for e in entries}}
        values = {}
        for entry in entries:
            values |= self._get_allowed_values(requirements[entry["requirement_id"]], entry.get("values") or {})
        if values:
            self.write(values)
        for entry in self._sort_entries(entries):
            requirement = requirements[entry["requirement_id"]]
            if entry.get("attachment_ids"):
                self._submit_document(requirement, entry["attachment_ids"], entry.get("content_date"))
            if entry.get("state") == "requested":
                self._request_approval(requirement, entry.get("note"))
            elif {"state", "count", "note"} & entry.keys():
                self._answer(requirement, entry)
        self.sudo()._refresh_gate_state()
        return True

    def sales_process_request_exception(self, to_stage_id, reason):
        """Ask for one move to pass, or grant it oneself where one has the right.

        :return: {"state": "approved" or "requested", "approvers": names}
        """
        self.ensure_one()
        self.check_access("write")
        if not self.sudo().sales_process_id:
            raise UserError(self.env._("This lead follows no process, it needs no exception."))
        if not self.env["crm.stage"].browse(to_stage_id).exists():
            raise UserError(self.env._("The stage you ask an exception for is gone. Reload the page."))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why this lead should pass; whoever decides needs the reason."))
        Exceptions = self.env["sales.process.exception"].sudo()
        if Exceptions._get_open(self.ids, ("requested", "approved")).get((self.id, to_stage_id)):
            raise UserError(self.env._("An exception for this move is open already."))
        approvers = self._get_exception_approvers()
        mine = self._may_override(self)
        exception = Exceptions.create(
            {
                "lead_id": self.id,
                "process_id": self.sales_process_id.id,
                "from_stage_id": self.stage_id.id,
                "to_stage_id": to_stage_id,
                "reason": reason.strip(),
                "requested_by_id": self.env.uid,
                "approver_ids": approvers.ids,
                "state": "approved" if mine else "requested",
                "decided_by_id": self.env.uid if mine else False,
                "decision_date": self.env.cr.now() if mine else False,
            }
        )
        if mine:
            exception._log_decision()
        elif not approvers:
            raise UserError(self.env._("Nobody can decide about this exception: name a team leader first."))
        else:
            exception._notify_approvers()
        return {"state": exception.state, "approvers": approvers.mapped("name")}

    def sales_process_decide_exception(self, exception_id, approve, note=False):
        """:return: the panel"""
        self.ensure_one()
        self.check_access("read")
        exception = self.env["sales.process.exception"].search([("id", "=", exception_id), ("lead_id", "=", self.id)])
        if not exception:
            raise UserError(self.env._("This exception does not belong to the lead any more."))
        exception._action_decide(approve, note)
        return self.get_sales_process_panel()

    def action_sales_process_advance(self):
        """Move to the next stage of the process; refused like every other move when something is missing."""
        self.ensure_one()
        playbook = self.env["sales.process"]._get_playbook(self.sudo().sales_process_id.id)
        following = playbook.next_stage(self.stage_id.id)
        if not self.sudo().sales_process_id or following is None:
            raise UserError(self.env._("There is no further stage in the process of this lead."))
        was_won = self.stage_id.is_won
        self.write({"stage_id": following.pipeline_stage})
        message = self._get_rainbowman_message() if self.stage_id.is_won and not was_won else False
        if not message:
            return True
        image = "/web/static/img/smile.svg"
        return {"effect": {"fadeout": "slow", "message": message, "type": "rainbow_man", "img_url": image}}

    # ------------------------------------------------------------------
    # Behind the methods
    # ------------------------------------------------------------------

    def _get_own_requirement(self, requirement_id):
        """The requirement, once it is sure that the user may change this lead."""
        self.ensure_one()
        self.check_access("write")
        return self._find_requirement(requirement_id)

    def _find_requirement(self, requirement_id):
        requirement = self.env["sales.process.requirement"].sudo().browse(requirement_id).exists()
        if not requirement or requirement.process_id != self.sudo().sales_process_id:
            raise UserError(self.env._("This requirement is not part of the lead's process any more. Reload the page."))
        return requirement

    def _after_checklist_change(self):
        self.sudo()._refresh_gate_state()
        return self.get_sales_process_panel()

    def _answer(self, requirement, values):
        state = values.get("state", "done")
        if state not in ("done", "na", False):
            raise UserError(self.env._("An answer is done, not applicable or nothing."))
        if not state and values.get("count"):
            state = "done"  # counted so far; the same rules as for ticking
        if state == "na" and not requirement.allow_na:
            raise UserError(self.env._("“%s” cannot be left out as not applicable.", requirement.name))
        if state == "done" and requirement.judgement != "manual":
            raise UserError(
                self.env._("“%s” is not ticked by hand: it is judged by what is recorded.", requirement.name)
            )
        self._check_order(requirement, state)
        count = self._check_count(requirement, values.get("count") or 0)
        answers = self.env["sales.process.answer"].sudo()
        answer = answers.search([("lead_id", "=", self.id), ("requirement_id", "=", requirement.id)])
        if not state:
            answer.unlink()
            return
        vals = {
            "state": state,
            "count": count,
            "user_id": self.env.uid,
            "date": self.env.cr.now(),
            "approver_id": False,
        }
        if "note" in values:
            vals["note"] = values["note"]
        if answer:
            answer.write(vals)
        else:
            answers.create({**vals, "lead_id": self.id, "requirement_id": requirement.id})

    def _check_order(self, requirement, state):
        """Problem questions are not asked before the background is known."""
        if not state or not requirement.after_ids:
            return
        playbook = self.env["sales.process"]._get_playbook(requirement.process_id.id)
        facts = GateFacts(self)
        wanted = playbook.with_predecessors([playbook.requirement_by_id[requirement.id]])
        standings = self.env["sales.process.judgement"]._judge_all(wanted.values(), facts)[self.id]
        missing = requirement.after_ids.filtered(lambda after: standings[after.id] not in gate.SETTLED)
        if missing:
            raise UserError(
                self.env._(
                    "“%(requirement)s” comes after: %(others)s.",
                    requirement=requirement.name,
                    others=", ".join(missing.mapped("name")),
                )
            )

    def _check_count(self, requirement, count):
        if not isinstance(count, int) or count < 0:
            raise UserError(self.env._("A count is a whole number, 0 or more."))
        if requirement.max_count and count > requirement.max_count:
            raise UserError(
                self.env._(
                    "“%(requirement)s”: at most %(maximum)s, not %(count)s.",
                    requirement=requirement.name,
                    maximum=requirement.max_count,
                    count=count,
                )
            )
        return count

    def _submit_document(self, requirement, attachment_ids, content_date=False):
        if requirement.judgement != "document":
            raise UserError(self.env._("“%s” does not ask for a document.", requirement.name))
        self._check_order(requirement, "done")
        attachments = self.env["ir.attachment"].browse(attachment_ids).exists()
        # Only files the user put on this very lead: an id alone must not pull in somebody else's document.
        foreign = attachments.sudo().filtered(
            lambda file: (
                (file.res_model, file.res_id) != ("crm.lead", self.id)
                and not (file.create_uid == self.env.user and not file.res_id)
            )
        )
        if foreign or not attachments:
            raise AccessError(self.env._("Upload the file to this lead first."))
        attachments.check_access("read")
        self.env["sales.process.deliverable"]._submit(self, requirement, attachments, content_date)

    def _request_approval(self, requirement, note=False):
        if requirement.judgement != "approval":
            raise UserError(self.env._("“%s” does not ask for an approval.", requirement.name))
        self._check_order(requirement, "requested")
        approvers = requirement.role_id._get_approvers(self.sudo(), self.env.user)
        if not approvers:
            raise UserError(
                self.env._("Nobody can approve “%s”: its role has no active user besides you.", requirement.name)
            )
        answers = self.env["sales.process.answer"].sudo()
        answer = answers.search([("lead_id", "=", self.id), ("requirement_id", "=", requirement.id)])
        vals = {
            "state": "requested",
            "note": note,
            "user_id": self.env.uid,
            "date": self.env.cr.now(),
            "approver_id": False,
        }
        if answer:
            answer.write(vals)
        else:
            answers.create({**vals, "lead_id": self.id, "requirement_id": requirement.id})
        for approver in approvers[:5]:
            wording = requirement.with_context(lang=approver.lang)
            self.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=approver.id,
                summary=wording.env._("Approve: %s", wording.name),
                note=plaintext2html(note) if note else False,
                sales_process_requirement_id=requirement.id,
            )

    def _can_decide_approval(self, requirement):
        """The role (or its deputy) and sales administrators decide, never whoever asked."""
        answer = (
            self.env["sales.process.answer"]
            .sudo()
            .search([("lead_id", "=", self.id), ("requirement_id", "=", requirement.id)])
        )
        if answer.state not in ("requested", "approved") or answer.user_id == self.env.user:
            return False
        approvers = requirement.sudo().role_id._get_approvers(self.sudo(), answer.user_id)
        return self.env.user.has_group("sales_team.group_sale_manager") or self.env.user in approvers

    def _decide_approval(self, requirement, approve, note):
        if not self._can_decide_approval(requirement):
            raise UserError(
                self.env._(
                    "“%s” is decided by its role or a sales administrator, once somebody else has asked for it.",
                    requirement.name,
                )
            )
        answer = (
            self.env["sales.process.answer"]
            .sudo()
            .search([("lead_id", "=", self.id), ("requirement_id", "=", requirement.id)])
        )
        answer.write(
            {
                "state": "approved" if approve else "rejected",
                "approver_id": self.env.uid,
                "date": self.env.cr.now(),
                "note": note or answer.note,
            }
        )
        asked = self.sudo().activity_ids.filtered(lambda activity: activity.sales_process_requirement_id == requirement)
        asked.action_feedback()
        verb = self.env._("Approved") if approve else self.env._("Rejected")
        self.sudo().message_post(
            body=f"{verb}: {requirement.name}" + (f" ({note})" if note else ""),
            author_id=self.env.user.partner_id.id,
            partner_ids=answer.user_id.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )

    def _get_exception_approvers(self):
        """The role of the stage, else its deputies, besides the person asking."""
        self.ensure_one()
        role = self.sudo().sales_process_stage_id.role_id
        if role.kind == "salesperson":
            # The owner of the deal works the stage; letting it pass is for somebody else.
            role = self.env["sales.process.role"].sudo()
        return role._get_approvers(self.sudo(), self.env.user)

    def _may_override(self, lead):
        """A sales administrator, or whoever holds the role of the stage without being the salesperson."""
        if super()._may_override(lead):
            return True
        stage_id = lead.sudo().sales_process_stage_id.id
        texts = self.env["sales.process.panel"]._get_texts(lead.sudo().sales_process_id.id)["stages"]
        role = texts.get(stage_id, {}).get("role_id")
        if not role or texts[stage_id]["role_kind"] == "salesperson" or lead.user_id == self.env.user:
            return False
        return self.env.user in self.env["sales.process.role"].sudo().browse(role)._get_users(lead.sudo())

    def _get_allowed_values(self, requirement, values):
        """Only the fields that the requirement asks for, so that the dialog is no side door."""
        playbook = self.env["sales.process"]._get_playbook(requirement.process_id.id)
        judgement = self.env["sales.process.judgement"]._get(requirement.judgement)
        definition = playbook.requirement_by_id[requirement.id]
        allowed = {*requirement.field_ids.mapped("name"), *judgement._get_input_fields(definition, self.sudo())}
        if extra := values.keys() - allowed:
            raise AccessError(self.env._("Not asked for here: %s", ", ".join(sorted(extra))))
        return values

    def _sort_entries(self, entries):
        """In the order in which requirements come after each other."""
        playbook = self.env["sales.process"]._get_playbook(self.sudo().sales_process_id.id)
        by_id = playbook.requirement_by_id

        def depth(requirement_id, seen=()):
            afters = [after for after in by_id[requirement_id].after if after in by_id and after not in seen]
            return 1 + max((depth(after, (*seen, requirement_id)) for after in afters), default=0)

        return sorted(entries, key=lambda entry: depth(entry["requirement_id"]))

    # ------------------------------------------------------------------
    # Merge
    # ------------------------------------------------------------------

    def _merge_dependences(self, opportunities):
        """The head keeps its answers and gets those it lacks; documents of both leads stay."""
        result = super()._merge_dependences(opportunities)
        if self.env["sales.process"]._is_in_use():
            self._merge_checklists(opportunities)
        return result

    def _merge_checklists(self, opportunities):
        # CRM merges under the rights of the user and unlinks the tails as superuser: the facts go the same way.
        answers = self.env["sales.process.answer"].sudo().search([("lead_id", "in", (self | opportunities).ids)])
        if self.sudo().sales_process_id:
            taken = answers.filtered(lambda answer: answer.lead_id == self).requirement_id
            for answer in answers.filtered(lambda answer: answer.lead_id != self):
                if answer.requirement_id not in taken:
                    answer.lead_id = self
                    taken |= answer.requirement_id
        tails = [("lead_id", "in", opportunities.ids)]
        self.env["sales.process.deliverable"].sudo().search(tails).write({"lead_id": self.id})
        self.env["sales.process.exception"].sudo().search([*tails, ("state", "=", "requested")])._action_cancel()
        self.env["sales.process.decision"].sudo().search(tails).write({"lead_id": self.id})
        self.sudo()._refresh_gate_state()

from datetime import timedelta

from odoo.fields import Command

from . import files, sql, texts
from .stories import working_moment

OUTCOME_REASONS = {"overridden": "Flexible stage"}


class ChecklistBuilder:
    """Writes answers, documents, activities, exceptions and decisions of one team's deals.

    :param leads_of: the ``LeadBuilder`` of the team
    """

    def __init__(self, leads_of):
        self.leads_of = leads_of
        self.rng = leads_of.rng
        self.env = leads_of.env
        self.team = leads_of.team
        self.now = leads_of.now
        self.stages = leads_of.stages
        self.records = {record.id: record for record in self.stages.requirement_ids}
        self.manager = self.env.ref("sales_process_framework.user_manager")
        self.answers, self.documents, self.activities, self.decisions = [], [], [], []
        self.pleas = []

    def build(self, leads, deals):
        for lead, (story, checklist) in zip(leads, deals, strict=True):
            for fact in checklist.facts.values():
                self._collect_fact(lead, story, fact)
            self.pleas += [(lead, plea) for plea in checklist.pleas]
            self._collect_activities(lead, story)
        self._create_answers()
        self._create_documents()
        self._create_activities()
        exceptions = self._create_exceptions()
        for lead, (_story, checklist) in zip(leads, deals, strict=True):
            self.decisions += [self._prepare_decision_vals(lead, ruling, exceptions) for ruling in checklist.rulings]
        self._collect_intake(leads, deals)
        self.env["sales.process.decision"].create(self.decisions)

    def _collect_fact(self, lead, story, fact):
        collect = {
            "manual": self._collect_answer,
            "approval": self._collect_approval,
            "document": self._collect_document,
            "activity": self._collect_activity,
        }.get(fact.requirement.judgement)
        record = self.records[fact.requirement.id]
        if fact.standing == "na":
            self._add_answer(lead, record, fact, "na", note="Standard offer, standard terms.")
        elif collect:
            collect(lead, story, record, fact)

    # -- answers ------------------------------------------------------------

    def _add_answer(self, lead, record, fact, state, **vals):
        holder = record.role_id.user_ids[:1] if record.role_id.kind == "users" and state == "done" else lead.user_id
        self.answers.append(
            {
                "lead_id": lead.id,
                "requirement_id": record.id,
                "state": state,
                "user_id": (holder or lead.user_id).id,
                "date": fact.at,
                **vals,
            }
        )

    def _collect_answer(self, lead, _story, record, fact):
        if fact.standing == "partial":
            count = self.rng.randint(1, record.min_count - 1)
        elif record.min_count:
            count = self.rng.randint(record.min_count, record.max_count or record.min_count + 1)
        else:
            count = 0
        self._add_answer(lead, record, fact, "done", count=count, note=self._choose_note(record))

    def _choose_note(self, record):
        notes = texts.NOTES.get(record.key)
        return self.rng.choice(notes) if notes and self.rng.random() < 0.85 else False

    def _collect_approval(self, lead, story, record, fact):
        notes = texts.APPROVAL_NOTES.get(record.key) or ["Please have a look."]
        approver = self._get_approver(record.role_id)
        if fact.standing == "requested":
            self._add_answer(lead, record, fact, "requested", note=self.rng.choice(notes))
            if story.fate == "open":
                self._add_activity(
                    lead, "todo", approver, fact.at.date() + timedelta(days=2), f"Approve: {record.name}"
                )
            return
        rejected = fact.standing == "rejected"
        note = self.rng.choice(texts.APPROVAL_REJECTIONS if rejected else notes)
        self._add_answer(lead, record, fact, "rejected" if rejected else "approved", note=note, approver_id=approver.id)
        verb = "Rejected" if rejected else "Approved"
        self.leads_of.log(lead, fact.at, f"{verb}: {record.name}", author=approver)

    def _get_approver(self, role):
        if role.kind == "users":
            return role.user_ids[:1]
        return self.manager if role.kind == "sales_manager" else self.team.user_id

    def _create_answers(self):
        answers = self.env["sales.process.answer"].create(self.answers)
        sql.update(
            self.env, "sales_process_answer", [{"id": answer.id, "create_date": answer.date} for answer in answers]
        )

    # -- documents ----------------------------------------------------------

    def _collect_document(self, lead, story, record, fact):
        decided = fact.standing == "met" and (
            record.approval_required or self.rng.random() < (0.9 if story.closed else 0.6)
        )
        state = {"draft": "draft", "rejected": "rejected"}.get(fact.standing, "approved" if decided else "submitted")
        content = fact.at.date() - timedelta(days=self.rng.randint(0, 3))
        if fact.standing == "stale":
            content = self.now.date() - timedelta(days=record.freshness_days + self.rng.randint(5, 40))
        vals = {
            "lead_id": lead.id,
            "requirement_id": record.id,
            "version": 2 if fact.standing in ("met", "stale") and self.rng.random() < 0.15 else 1,
            "content_date": content,
            "state": state,
        }
        if state != "draft":
            vals |= {"submitted_by_id": lead.user_id.id, "submitted_date": fact.at}
        if state in ("approved", "rejected"):
            approver = self._get_approver(record.role_id)
            decided_at = min(fact.at + timedelta(hours=self.rng.uniform(1, 30)), story.closed or self.now)
            vals |= {"approver_id": approver.id, "decision_date": max(decided_at, fact.at)}
        if state == "rejected":
            vals["rejection_reason"] = self.rng.choice(texts.DOCUMENT_REJECTIONS)
        self.documents.append((vals, fact.at, self._render_file(lead, story, record, content)))

    def _render_file(self, lead, story, record, content):
        customer = lead.partner_id.commercial_company_name or lead.partner_name or lead.contact_name or lead.name
        lines = [
            ("Customer", customer),
            ("Opportunity", lead.name),
            ("Prepared by", lead.user_id.name),
            ("As of", str(content)),
            *texts.DOCUMENT_LINES.get(record.key, []),
        ]
        title = f"{record.name} - {customer}".replace("/", "-")
        return files.render(record.key, title, lines, spreadsheet=story.fate == "open")

    def _create_documents(self):
        attachments = self.env["ir.attachment"].create(
            [
                {"name": name, "mimetype": mimetype, "raw": content, "res_model": "sales.process.deliverable"}
                for _vals, _at, (name, mimetype, content) in self.documents
            ]
        )
        deliverables = self.env["sales.process.deliverable"].create(
            [
                {**vals, "attachment_ids": [Command.set(attachment.ids)]}
                for (vals, _at, _file), attachment in zip(self.documents, attachments, strict=True)
            ]
        )
        made = [
            (deliverable, attachment, at, deliverable.lead_id.user_id.id)
            for deliverable, attachment, (_vals, at, _file) in zip(
                deliverables, attachments, self.documents, strict=True
            )
        ]
        sql.update(
            self.env,
            "sales_process_deliverable",
            [{"id": doc.id, "create_date": at, "create_uid": uid} for doc, _file, at, uid in made],
        )
        sql.update(
            self.env,
            "ir_attachment",
            [{"id": file.id, "res_id": doc.id, "create_date": at, "create_uid": uid} for doc, file, at, uid in made],
        )

    # -- activities ---------------------------------------------------------

    def _add_activity(self, lead, kind, user, deadline, summary, type_id=False):
        self.activities.append(
            {
                "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "res_id": lead.id,
                "activity_type_id": type_id or self.env.ref(f"mail.mail_activity_data_{kind}").id,
                "summary": summary,
                "user_id": user.id,
                "date_deadline": deadline,
                "active": True,
            }
        )

    def _add_done_activity(self, lead, at, summary, feedback, activity_type):
        """An activity of the past, which Odoo archives and keeps in the log of the lead."""
        self._add_activity(lead, None, lead.user_id, at.date(), summary, type_id=activity_type.id)
        self.activities[-1] |= {"active": False, "date_done": at.date(), "feedback": feedback}
        body = f"{activity_type.name} done: {summary}. {feedback}"
        self.leads_of.log(lead, at, body, "mail.mt_activities", mail_activity_type_id=activity_type.id)

    def _collect_activity(self, lead, story, record, fact):
        if fact.standing == "met":
            for _number in range(max(record.min_count, 1)):
                self._add_done_activity(lead, fact.at, record.name, "As planned.", record.activity_type_id)
        elif story.fate != "lost":
            days = self.rng.randint(1, 9) * (1 if fact.standing == "planned" else -1)
            deadline = self.now.date() + timedelta(days=days)
            self._add_activity(lead, "todo", lead.user_id, deadline, record.name, type_id=record.activity_type_id.id)

    def _collect_activities(self, lead, story):
        """What a rep plans next, and calls of the past."""
        if story.fate == "open" and self.rng.random() < 0.75:
            days = self.rng.choices((-6, -2, 0, 1, 4, 8, 15), (2, 2, 3, 4, 4, 3, 2))[0]
            kind = self.rng.choice(list(texts.ACTIVITY_SUMMARIES))
            summary = self.rng.choice(texts.ACTIVITY_SUMMARIES[kind])
            self._add_activity(lead, kind, lead.user_id, self.now.date() + timedelta(days=days), summary)
        for _number in range(self.rng.choice((0, 0, 1, 2))):
            end = story.closed or self.now
            at = story.created + (end - story.created) * self.rng.random()
            at = min(max(working_moment(self.rng, at, story.market.utc_hour), story.created), end)
            email = self.env.ref("mail.mail_activity_data_email")
            self._add_done_activity(lead, at, "Send minutes of the call", "Sent.", email)

    def _create_activities(self):
        self.env["mail.activity"].create(self.activities)

    # -- exceptions and decisions -------------------------------------------

    def _create_exceptions(self):
        """:return: {id of the plea: ``sales.process.exception``}"""
        exceptions = self.env["sales.process.exception"].create(
            [self._prepare_exception_vals(lead, plea) for lead, plea in self.pleas]
        )
        sql.update(
            self.env,
            "sales_process_exception",
            [
                {"id": exception.id, "create_date": plea.asked, "create_uid": lead.user_id.id}
                for exception, (lead, plea) in zip(exceptions, self.pleas, strict=True)
            ],
        )
        exceptions.filtered(lambda exception: exception.state == "requested")._notify_approvers()
        return {id(plea): exception for exception, (_lead, plea) in zip(exceptions, self.pleas, strict=True)}

    def _prepare_exception_vals(self, lead, plea):
        role = self.stages[plea.origin].role_id
        approver = self.team.user_id if role.kind == "salesperson" else self._get_approver(role)
        skips = plea.target > plea.origin + 1
        notes = texts.EXCEPTION_NOTES.get("approved" if plea.state == "used" else plea.state)
        return {
            "lead_id": lead.id,
            "process_id": self.leads_of.process.id,
            "from_stage_id": self.stages[plea.origin].stage_id.id,
            "to_stage_id": self.stages[plea.target].stage_id.id,
            "reason": self.rng.choice(texts.SKIP_REASONS if skips else texts.EXCEPTION_REASONS),
            "state": plea.state,
            "requested_by_id": lead.user_id.id,
            "approver_ids": [Command.set(approver.ids)],
            "decided_by_id": approver.id if plea.decided else False,
            "decision_date": plea.decided or False,
            "decision_note": self.rng.choice(notes) if plea.decided and notes else False,
        }

    def _prepare_decision_vals(self, lead, ruling, exceptions):
        following = self.stages[ruling.origin + 1] if ruling.skips else None
        exception = exceptions.get(id(ruling.exception))
        automatic = ruling.outcome == "refused" and self.rng.random() < 0.03
        by_manager = ruling.outcome == "overridden" and not exception
        reason = exception.reason if exception else OUTCOME_REASONS.get(ruling.outcome, False)
        return {
            "lead_id": lead.id,
            "lead_name": lead.name,
            "company_id": lead.company_id.id,
            "process_id": self.leads_of.process.id,
            "from_stage_id": self.stages[ruling.origin].stage_id.id,
            "to_stage_id": self.stages[ruling.target].stage_id.id,
            "outcome": ruling.outcome,
            "unmet": [{"id": unmet, "name": self.records[unmet].name} for unmet in ruling.unmet],
            "movement": f"Stages cannot be skipped: next comes {following.name}." if following else False,
            "user_id": self.env.uid if automatic else self.manager.id if by_manager else lead.user_id.id,
            "date": ruling.at,
            "source": "system" if automatic else "person",
            "reason": reason,
            "exception_id": exception.id if exception else False,
        }

    def _collect_intake(self, leads, deals):
        """A few deals that an assignment run brought from another team: they began at the first stage."""
        first, later = self.stages[0], self.stages[2]
        for lead, (story, _checklist) in list(zip(leads, deals, strict=True))[5::35]:
            unmet = [req for req in first.requirement_ids if req.mandatory][:2]
            self.decisions.append(
                {
                    "lead_id": lead.id,
                    "lead_name": lead.name,
                    "company_id": lead.company_id.id,
                    "process_id": self.leads_of.process.id,
                    "from_stage_id": False,
                    "to_stage_id": later.stage_id.id,
                    "outcome": "exempt",
                    "unmet": [{"id": req.id, "name": req.name} for req in unmet],
                    "movement": False,
                    "user_id": self.env.uid,
                    "date": story.created,
                    "source": "intake",
                    "reason": False,
                    "exception_id": False,
                }
            )

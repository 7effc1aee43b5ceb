from collections import defaultdict, namedtuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

DocumentRow = namedtuple("DocumentRow", "id state content_date has_files")


class SalesProcessDeliverable(models.Model):
    """The document a lead hands in for one requirement; its files hang on this record, matched by nothing else."""

    _name = "sales.process.deliverable"
    _description = "Sales Process Deliverable"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_name = "requirement_id"

    lead_id = fields.Many2one("crm.lead", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="lead_id.company_id")
    requirement_id = fields.Many2one(
        "sales.process.requirement", string="Document", required=True, index=True, ondelete="cascade", readonly=True
    )
    process_stage_id = fields.Many2one(related="requirement_id.process_stage_id", store=True, index=True)
    attachment_ids = fields.Many2many(
        "ir.attachment", "sales_process_deliverable_attachment_rel", "deliverable_id", "attachment_id", string="Files"
    )
    version = fields.Integer(default=1, readonly=True)
    content_date = fields.Date(help="The date as of which the content is true.", tracking=True)
    state = fields.Selection(
        [("draft", "Draft"), ("submitted", "Submitted"), ("approved", "Approved"), ("rejected", "Rejected")],
        required=True,
        default="draft",
        readonly=True,
        tracking=True,
        index=True,
    )
    submitted_by_id = fields.Many2one("res.users", readonly=True)
    submitted_date = fields.Datetime(readonly=True)
    approver_id = fields.Many2one("res.users", string="Decided By", readonly=True)
    decision_date = fields.Datetime(readonly=True)
    rejection_reason = fields.Text(readonly=True)
    # Not stored: a stored one would make every change of a lead's salesperson look for documents.
    user_id = fields.Many2one(related="lead_id.user_id", string="Salesperson")
    team_id = fields.Many2one(related="lead_id.team_id")
    age_days = fields.Integer(string="Age", compute="_compute_age_days", help="Days since the date of the content.")

    _submitted_idx = models.Index("(submitted_date) WHERE submitted_date IS NOT NULL")
    _write_date_idx = models.Index("(write_date)")

    @api.depends("content_date")
    def _compute_age_days(self):
        today = self.env.cr.now().date()
        for deliverable in self:
            deliverable.age_days = (today - deliverable.content_date).days if deliverable.content_date else 0

    def write(self, vals):
        result = super().write(vals)
        if {"state", "attachment_ids", "content_date"} & vals.keys():
            self.lead_id.sudo()._refresh_gate_state()
        return result

    def unlink(self):
        leads = self.lead_id
        attachments = self.attachment_ids
        result = super().unlink()
        attachments.sudo().unlink()
        leads.exists().sudo()._refresh_gate_state()
        return result

    # -- what gates read ----------------------------------------------------

    @api.model
    def _recall(self, facts):
        """:return: {(lead id, requirement id): [DocumentRow]}, fetched once for all leads of ``facts``"""
        return facts.recall("documents", self._load_rows)

    def _load_rows(self, leads):
        self.flush_model(["lead_id", "requirement_id", "state", "content_date", "attachment_ids"])
        rows = self.env.execute_query(
            SQL(
                """SELECT d.lead_id, d.requirement_id, d.id, d.state, d.content_date,
                          EXISTS (SELECT FROM sales_process_deliverable_attachment_rel r WHERE r.deliverable_id = d.id)
                     FROM sales_process_deliverable d
                    WHERE d.lead_id = ANY(%s)
                    ORDER BY d.id""",
                leads.ids,
            )
        )
        documents = defaultdict(list)
        for lead_id, requirement_id, *row in rows:
            documents[lead_id, requirement_id].append(DocumentRow(*row))
        return documents

    @api.model
    def _recall_details(self, facts):
        """What is shown of documents; the rows that gates read come with it, when they are not there yet."""
        details = facts.recall("document_details", self._load_details)
        facts.recall(
            "documents",
            lambda leads: {
                key: [DocumentRow(row["id"], row["state"], row["content_date"], bool(row["files"])) for row in rows]
                for key, rows in details.items()
            },
        )
        return details

    def _load_details(self, leads):
        """:return: {(lead id, requirement id): [dict]} of documents with their files, oldest first, for display"""
        self.flush_model()
        self.env["ir.attachment"].flush_model(["name"])
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT d.lead_id, d.requirement_id, d.id, d.state, d.version, d.content_date, d.approver_id,
                          d.rejection_reason, d.submitted_by_id, d.submitted_date,
                          (SELECT json_agg(json_build_object('id', a.id, 'name', a.name) ORDER BY a.id DESC)
                             FROM sales_process_deliverable_attachment_rel r
                             JOIN ir_attachment a ON a.id = r.attachment_id
                            WHERE r.deliverable_id = d.id) AS files
                     FROM sales_process_deliverable d WHERE d.lead_id = ANY(%s) ORDER BY d.id""",
                leads.ids,
            )
        )
        details = defaultdict(list)
        for row in rows:
            details[row.pop("lead_id"), row.pop("requirement_id")].append(row)
        return details

    # -- what people do -----------------------------------------------------

    @api.model
    def _submit(self, lead, requirement, attachments, content_date=False):
        """Hand in files for one requirement of a lead the user may write.

        Handing in again makes the next version: the old files stay in the log, an approval is reset.

        :return: the deliverable
        """
        deliverable = self.sudo().search(
            [("lead_id", "=", lead.id), ("requirement_id", "=", requirement.id)], limit=1
        ) or self.sudo().create({"lead_id": lead.id, "requirement_id": requirement.id})
        replaced = deliverable.attachment_ids
        if replaced:
            deliverable.message_post(
                body=self.env._("Version %s was replaced.", deliverable.version), attachment_ids=replaced.ids
            )
        attachments.sudo().write({"res_model": self._name, "res_id": deliverable.id})
        deliverable.write(
            {
                "attachment_ids": [fields.Command.set(attachments.ids)],
                "version": deliverable.version + 1 if replaced else deliverable.version,
                "state": "submitted",
                "content_date": content_date or self.env.cr.now().date(),
                "submitted_by_id": self.env.uid,
                "submitted_date": self.env.cr.now(),
                "approver_id": False,
                "decision_date": False,
                "rejection_reason": False,
            }
        )
        return deliverable

    def _reset_approval(self):
        approved = self.filtered(lambda deliverable: deliverable.state == "approved")
        approved.write({"state": "submitted", "approver_id": False, "decision_date": False})

    def _get_approvers(self):
        self.ensure_one()
        return self.requirement_id.role_id._get_approvers(self.lead_id, self.submitted_by_id)

    def _can_decide(self):
        """Managers and the owner role decide, never whoever handed the document in."""
        self.ensure_one()
        deliverable = self.sudo()
        if deliverable.state != "submitted" or deliverable.submitted_by_id == self.env.user:
            return False
        return self.env.user.has_group("sales_team.group_sale_manager") or self.env.user in deliverable._get_approvers()

    def action_approve(self):
        return self._action_decide(True)

    def action_open_rejection(self):
        """Ask for the reason first, for one document or many."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject"),
            "res_model": "sales.process.rejection",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_deliverable_ids": self.ids},
        }

    def _action_decide(self, approve, reason=False):
        """:raise UserError: names the documents this user cannot decide about; then none is changed"""
        self.check_access("read")
        barred = self.filtered(lambda deliverable: not deliverable._can_decide())
        if barred:
            raise UserError(
                self.env._(
                    "You cannot decide about: %s. Only submitted documents can be decided, by the owner role or a "
                    "sales administrator, and never by the person who handed them in.",
                    ", ".join(f"{doc.requirement_id.name} ({doc.lead_id.name})" for doc in barred),
                )
            )
        # The right was checked just above; reps hold no write access to deliverables.
        self.sudo().write(
            {
                "state": "approved" if approve else "rejected",
                "approver_id": self.env.uid,
                "decision_date": self.env.cr.now(),
                "rejection_reason": reason,
            }
        )
        for deliverable in self.sudo():
            verb = self.env._("Approved") if approve else self.env._("Rejected")
            deliverable.lead_id.message_post(
                body=f"{verb}: {deliverable.requirement_id.name}" + (f" ({reason})" if reason else ""),
                author_id=self.env.user.partner_id.id,
                partner_ids=deliverable.submitted_by_id.partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )
        return True

    def action_revoke(self):
        """Take an approval back; the requirement is open again."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("sales_team.group_sale_manager") and self.env.user != self.approver_id:
            raise UserError(self.env._("Only whoever approved a document or a sales administrator can take it back."))
        self.sudo().write({"state": "submitted", "approver_id": False, "decision_date": False})
        self.sudo().lead_id.message_post(
            body=self.env._("Approval taken back: %s", self.requirement_id.name),
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )

    def action_open_lead(self):
        self.ensure_one()
        return self.lead_id.get_formview_action()

import logging

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools import sla
from .sales_process_department import OPEN_STATES

_logger = logging.getLogger(__name__)

RUNNING_STATES = ("new", "in_progress")
DONE_STATES = ("delivered", "accepted")
#: Requests looked at between two commits of the scan.
SCAN_BATCH = 200


class SalesProcessSupportRequest(models.Model):
    """What a salesperson asked of a department for one lead, and the promise it runs against.

    Written by its own actions alone: nobody holds write access, so a promise cannot be moved by hand. It shows of
    the lead what a supporter needs (see ``_compute_lead_texts``) and nothing else; ``lead_id`` itself is for sales.
    """

    _name = "sales.process.support.request"
    _description = "Support Request"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "resolution_deadline, id"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(required=True, readonly=True)
    lead_id = fields.Many2one(
        "crm.lead",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
        groups="sales_team.group_sale_salesman",
    )
    policy_id = fields.Many2one(
        "sales.process.sla.policy",
        string="What Is Asked",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
        check_company=True,
    )
    department_id = fields.Many2one(
        "sales.process.department", required=True, index=True, readonly=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one("res.company", index=True, readonly=True)
    asker_id = fields.Many2one("res.users", string="Asked By", required=True, readonly=True, index=True)
    assignee_id = fields.Many2one("res.users", string="Assigned To", readonly=True, index=True, tracking=True)
    need = fields.Text(string="What Is Needed", readonly=True)
    wanted_file_ids = fields.Many2many(
        "ir.attachment", "sales_process_support_wanted_rel", "request_id", "attachment_id", string="Files From Sales"
    )
    delivery_note = fields.Text(readonly=True)
    delivered_file_ids = fields.Many2many(
        "ir.attachment", "sales_process_support_delivered_rel", "request_id", "attachment_id", string="Delivered Files"
    )
    deliverable_id = fields.Many2one(
        "sales.process.deliverable",
        string="Handed In As",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        groups="sales_team.group_sale_salesman",
    )
    raised = fields.Boolean(string="Raised By A Stage", readonly=True)
    state = fields.Selection(
        [
            ("new", "New"),
            ("in_progress", "In Progress"),
            ("waiting", "Waiting For Sales"),
            ("delivered", "Delivered"),
            ("accepted", "Accepted"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="new",
        readonly=True,
        index=True,
        tracking=True,
        group_expand=True,
    )

    # -- the promise, as it was when it was given
    response_hours = fields.Float(readonly=True)
    resolution_days = fields.Float(readonly=True)
    at_risk_percent = fields.Integer(readonly=True)
    date_requested = fields.Datetime(string="Asked On", required=True, readonly=True)
    date_first_response = fields.Datetime(string="First Response", readonly=True)
    date_delivered = fields.Datetime(string="Delivered On", readonly=True)
    response_deadline = fields.Datetime(readonly=True)
    at_risk_from = fields.Datetime(readonly=True)
    resolution_deadline = fields.Datetime(string="Deadline", readonly=True, index=True)
    response_breached = fields.Boolean(readonly=True, help="The first response came late or is overdue.")
    resolution_breached = fields.Boolean(string="Breached", readonly=True, help="Delivered late or overdue.")
    date_escalated = fields.Datetime(string="Escalated On", readonly=True)
    pause_ids = fields.One2many("sales.process.support.pause", "request_id", string="Pauses", readonly=True)
    paused_since = fields.Datetime(readonly=True)

    clock = fields.Selection(
        [
            ("running", "In time"),
            ("at_risk", "At risk"),
            ("late", "Late"),
            ("paused", "Paused"),
            ("kept", "Delivered in time"),
            ("broken", "Delivered late"),
            ("none", "No promise"),
        ],
        compute="_compute_clock",
        string="Promise",
    )
    is_late = fields.Boolean(string="Late", compute="_compute_clock", search="_search_is_late")
    is_at_risk = fields.Boolean(string="At Risk", compute="_compute_clock", search="_search_is_at_risk")
    days_late = fields.Float(compute="_compute_clock", digits=(16, 1))

    # -- of the lead, what a supporter may see
    lead_name = fields.Char(related="lead_id.name", string="Lead Name")
    stage_id = fields.Many2one(related="lead_id.stage_id", string="Stage")
    date_closing = fields.Date(related="lead_id.date_deadline", string="Expected Closing")
    customer_name = fields.Char(compute="_compute_lead_texts", compute_sudo=True, string="Customer")
    industry_name = fields.Char(compute="_compute_lead_texts", compute_sudo=True, string="Industry")
    tag_names = fields.Char(compute="_compute_lead_texts", compute_sudo=True, string="Tags")

    may_support = fields.Boolean(compute="_compute_rights")
    may_ask = fields.Boolean(compute="_compute_rights")
    may_lead = fields.Boolean(compute="_compute_rights")

    _one_raised = models.UniqueIndex(
        "(lead_id, policy_id) WHERE raised AND state IN ('new', 'in_progress', 'waiting')",
        "The stage has raised this request already, and it is still open.",
    )
    _to_escalate = models.Index(
        "(resolution_deadline) WHERE date_escalated IS NULL AND state IN ('new', 'in_progress')"
    )
    _to_answer = models.Index(
        "(response_deadline) WHERE date_first_response IS NULL AND NOT response_breached AND state = 'new'"
    )
    _open_of_department = models.Index(
        "(department_id, resolution_deadline) WHERE state IN ('new', 'in_progress', 'waiting')"
    )
    _running_deadline = models.Index("(resolution_deadline) WHERE state IN ('new', 'in_progress')")
    _running_at_risk = models.Index("(at_risk_from) WHERE state IN ('new', 'in_progress')")
    _unanswered = models.Index("(response_deadline) WHERE state = 'new' AND date_first_response IS NULL")

    # ------------------------------------------------------------------
    # What shows
    # ------------------------------------------------------------------

    @api.depends("name", "lead_id")
    def _compute_display_name(self):
        for request in self:
            request.display_name = f"{request.name} · {request.lead_name}" if request.lead_name else request.name

    @api.depends("state", "resolution_deadline", "at_risk_from", "paused_since", "date_delivered")
    def _compute_clock(self):
        now = self.env.cr.now()
        for request in self:
            clock = request._judge(now)
            request.clock = clock.value
            request.is_late = clock == sla.Clock.LATE
            request.is_at_risk = clock == sla.Clock.AT_RISK
            late = clock in (sla.Clock.LATE, sla.Clock.BROKEN)
            until = request.date_delivered or request.paused_since or now
            request.days_late = sla.days_late(request.resolution_deadline, until) if late else 0.0

    def _judge(self, now):
        """:return: :class:`~..tools.sla.Clock` of the delivery"""
        self.ensure_one()
        if self.state == "cancelled":
            return sla.Clock.NONE
        return sla.judge(
            self.resolution_deadline or None,
            self.at_risk_from or None,
            now,
            delivered=(self.state in DONE_STATES and self.date_delivered) or None,
            paused_since=(self.state == "waiting" and self.paused_since) or None,
        )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        # A waiting request was judged when its pause began: what was late then stays late.
        late = Domain("state", "in", RUNNING_STATES) & Domain("resolution_deadline", "<", self.env.cr.now())
        late |= Domain("state", "=", "waiting") & Domain("resolution_breached", "=", True)
        return self._choose(late, value)

    def _search_is_at_risk(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = self.env.cr.now()
        return self._choose(
            Domain("state", "in", RUNNING_STATES)
            & Domain("at_risk_from", "<=", now)
            & Domain("resolution_deadline", ">=", now),
            value,
        )

    @staticmethod
    def _choose(domain, value):
        wanted = set(value)
        if wanted == {True, False}:
            return Domain.TRUE
        return domain if True in wanted else ~domain

    @api.depends("lead_id")
    def _compute_lead_texts(self):
        for request in self:
            lead = request.lead_id
            partner = lead.partner_id
            request.customer_name = (
                partner.commercial_partner_id.name or lead.partner_name or lead.contact_name or partner.name
            )
            request.industry_name = partner.commercial_partner_id.industry_id.name
            request.tag_names = ", ".join(lead.tag_ids.mapped("name"))

    @api.depends("department_id", "asker_id")
    @api.depends_context("uid")
    def _compute_rights(self):
        for request in self:
            request.may_support = request._may_support()
            request.may_ask = request._may_ask()
            request.may_lead = request._may_lead()

    def _may_support(self):
        """Members work on what their department was asked."""
        return self.env.su or self.env.user in self.sudo().department_id.member_ids or self._is_manager()

    def _may_lead(self):
        return self.env.su or self.env.user == self.sudo().department_id.leader_id or self._is_manager()

    def _may_ask(self):
        """The asker, and whoever may write the lead, speak for sales."""
        if self.env.su:
            return True
        lead = self.sudo().lead_id.with_env(self.env)
        return bool(lead.has_access("write"))

    def _is_manager(self):
        return self.env.user.has_group("sales_team.group_sale_manager") and self.has_access("read")

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    @api.model
    def _prepare_request_vals(self, lead, policy, asker, now):
        return {
            "name": policy.name,
            "lead_id": lead.id,
            "policy_id": policy.id,
            "department_id": policy.department_id.id,
            "company_id": lead.company_id.id or policy.company_id.id,
            "asker_id": asker.id,
            "date_requested": now,
            "response_hours": policy.response_hours,
            "resolution_days": policy.resolution_days,
            "at_risk_percent": policy.at_risk_percent,
        }

    @api.model
    def _open_requests(self, vals_list):
        """Create requests with their deadlines; followers in one go for each department and asker.

        Under sudo: whoever asks holds no right to create, the caller has checked the lead.
        """
        quiet = self.sudo().with_context(mail_create_nosubscribe=True, mail_create_nolog=True)
        requests = quiet.create(vals_list).with_env(self.sudo().env)
        requests._assign_deadlines()
        followers = self.env["mail.followers"].sudo()
        for (department, asker), group in requests.grouped(lambda row: (row.department_id, row.asker_id)).items():
            partners = (department.leader_id | asker).filtered("active").partner_id
            if partners:
                followers._insert_followers(self._name, group.ids, partners.ids, check_existing=False)
        requests._refresh_leads()
        return requests

    @api.model
    def _ask(self, lead, policy, need, files):
        """Ask one thing for one lead the user may write.

        :raise UserError: nobody can be asked, or the need is not said
        """
        lead.check_access("write")
        if not (need or "").strip():
            raise UserError(self.env._("Say what you need; %s starts from it.", policy.department_id.name))
        if not policy.active or not policy.department_id.active:
            raise UserError(self.env._("“%s” can no longer be asked for. Choose another one.", policy.name))
        lead_company, own = lead.sudo().company_id, policy.sudo().company_id
        if lead_company and own and lead_company != own:
            raise UserError(self.env._("“%s” is offered in another company only.", policy.name))
        vals = self._prepare_request_vals(lead, policy.sudo(), self.env.user, self.env.cr.now())
        request = self._open_requests([{**vals, "need": need}]).with_env(self.env)
        request._adopt_files(files, "wanted_file_ids")
        leader = request.sudo().department_id.leader_id
        if leader and leader != self.env.user:
            request.sudo().message_notify(
                partner_ids=leader.partner_id.ids,
                subject=self.env._("Support asked: %s", request.display_name),
                body=need,
                author_id=self.env.user.partner_id.id,
            )
        return request

    @api.model
    def _raise_for_leads(self, policy_ids_by_lead):
        """Raise what stages ask for; never a second one while one is open for the same lead and policy.

        :param policy_ids_by_lead: {crm.lead: [policy id]}
        """
        leads = self.env["crm.lead"].sudo().concat(*(lead.sudo() for lead in policy_ids_by_lead))
        policies = self.env["sales.process.sla.policy"].sudo()
        open_ones = self.sudo().search([("lead_id", "in", leads.ids), ("state", "in", OPEN_STATES)])
        taken = {(request.lead_id.id, request.policy_id.id) for request in open_ones}
        now = self.env.cr.now()
        vals_list = []
        for lead in leads:
            for policy in policies.browse(policy_ids_by_lead[lead]):
                foreign = policy.company_id and lead.company_id and policy.company_id != lead.company_id
                if foreign or (lead.id, policy.id) in taken:
                    continue
                taken.add((lead.id, policy.id))
                asker = lead.user_id or self.env.user
                vals = self._prepare_request_vals(lead, policy, asker, now)
                vals_list.append({**vals, "raised": True, "need": policy.description})
        if not vals_list:
            return self.browse()
        requests = self._open_requests(vals_list)
        requests._schedule_raised()
        return requests

    def _schedule_raised(self):
        """Nobody asked in person: the leader of the department finds it among the activities, until it is delivered."""
        todo = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        # Quietly: a batch of leads is no batch of mails.
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": request.id,
                    "activity_type_id": todo.id,
                    "user_id": request.department_id.leader_id.id,
                    "date_deadline": (request.resolution_deadline or request.date_requested).date(),
                    "summary": request.name,
                }
                for request in self
                if request.department_id.leader_id.active
            ]
        )

    @api.model
    def _withdraw_for_leads(self, lead_ids):
        """Nobody works on for a lead that is lost or archived."""
        requests = self.sudo().search([("lead_id", "in", lead_ids), ("state", "in", OPEN_STATES)])
        if not requests:
            return
        requests._close_pauses(self.env.cr.now())
        requests.with_context(tracking_disable=True).write({"state": "cancelled"})
        body = self.env._("Withdrawn: the lead was lost or archived.")
        requests._message_log_batch(bodies=dict.fromkeys(requests.ids, body))
        requests.sudo().activity_ids.unlink()

    def _adopt_files(self, files, name):
        """Files become the request's: whoever sees it may open them.

        :raise AccessError: a file that is not the user's own upload; an id alone must not pull in a document
        """
        self.ensure_one()
        foreign = files.sudo().filtered(
            lambda file: (
                file.create_uid != self.env.user
                or (file.res_id and not (file.res_model or "").startswith("sales.process.support."))
                or (file.res_id and file.res_model == self._name and file.res_id != self.id)
            )
        )
        if foreign:
            raise AccessError(self.env._("Upload the files here first."))
        if files:
            files.sudo().write({"res_model": self._name, "res_id": self.id})
            self.sudo().write({name: [Command.link(file.id) for file in files]})

    # ------------------------------------------------------------------
    # Working on it
    # ------------------------------------------------------------------

    def _check_step(self, may, states, sentence):
        """:raise UserError: the user has no say here, or it is too late or too early for the step"""
        for request in self:
            request.check_access("read")
            if not may(request):
                raise UserError(sentence)
            if request.state not in states:
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "“%(request)s” is %(state)s: this step is for requests that are %(states)s.",
                        request=request.display_name,
                        state=labels[request.state],
                        states=", ".join(labels[state] for state in states),
                    )
                )

    def _check_supporter(self, *states):
        sentence = self.env._("Only members of the department work on its requests.")
        self._check_step(lambda request: request._may_support(), states, sentence)

    def _check_asker(self, *states):
        sentence = self.env._("Only whoever may change the lead decides this for sales.")
        self._check_step(lambda request: request._may_ask(), states, sentence)

    def action_take(self):
        """Take it on; that is the first response too."""
        self._check_supporter("new", "in_progress")
        now = self.env.cr.now()
        for request in self.sudo():
            request.write({"state": "in_progress", "assignee_id": self.env.uid})
            request.activity_ids.filtered(lambda todo, own=request: todo.summary == own.name).user_id = self.env.uid
            request._note_response(now)
        return True

    def action_resume(self):
        """The answer is there, the clock runs on."""
        sentence = self.env._("Only the department and sales can end the pause.")
        self._check_step(lambda request: request._may_support() or request._may_ask(), ("waiting",), sentence)
        self._resume()
        return True

    def action_accept(self):
        self._check_asker("delivered")
        self.sudo().write({"state": "accepted"})
        self.sudo()._close_pauses(self.env.cr.now())
        self._tell(self.env._("Accepted."), lambda request: request.assignee_id)
        return True

    def action_open_wait(self):
        self._check_supporter(*RUNNING_STATES)
        return self._open_step("wait", self.env._("Ask Back"))

    def action_open_deliver(self):
        self._check_supporter(*OPEN_STATES)
        return self._open_step("deliver", self.env._("Deliver"))

    def action_open_reopen(self):
        self._check_asker(*DONE_STATES)
        return self._open_step("reopen", self.env._("Send Back"))

    def action_open_cancel(self):
        self._check_cancel()
        return self._open_step("cancel", self.env._("Cancel Request"))

    def action_open_assign(self):
        self._check_assign()
        return self._open_step("assign", self.env._("Assign"))

    def action_open_hand_in(self):
        self._check_asker(*DONE_STATES)
        return self._open_step("hand_in", self.env._("Hand In as Document"))

    def action_open_lead(self):
        self.ensure_one()
        self.check_access("read")
        return self.sudo().lead_id.with_env(self.env).get_formview_action()

    @api.model
    def action_print_agenda(self, request_ids=None):
        """The agenda of the weekly meeting: the chosen requests, or all open ones that the user sees."""
        requests = self.browse(request_ids or self.ids) or self.search([("state", "in", OPEN_STATES)])
        if not requests:
            raise UserError(self.env._("Nothing is open: there is no agenda to print."))
        requests.check_access("read")
        return self.env.ref("sales_process_framework.sales_process_support_agenda").report_action(requests)

    def _check_cancel(self):
        sentence = self.env._("Only whoever may change the lead or the department's leader cancels a request.")
        self._check_step(lambda request: request._may_ask() or request._may_lead(), OPEN_STATES, sentence)

    def _check_assign(self):
        sentence = self.env._("Only the department's leader hands out its requests.")
        self._check_step(lambda request: request._may_lead(), OPEN_STATES, sentence)

    def _open_step(self, kind, title):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "sales.process.support.step",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_request_id": self.id, "default_kind": kind},
        }

    # -- the steps of the dialog; each checks again, the dialog is only one way here

    def _step_wait(self, note):
        self._check_supporter(*RUNNING_STATES)
        if not (note or "").strip():
            raise UserError(self.env._("Say what you are waiting for; the clock stands still meanwhile."))
        now = self.env.cr.now()
        for request in self.sudo():
            request._note_response(now)
            request._pause("asker", now, note)
            request.write({"state": "waiting", "assignee_id": request.assignee_id.id or self.env.uid})
            request._assign_breaches(now)
        self._tell(note, lambda request: request.asker_id)

    def _step_deliver(self, note, files):
        self._check_supporter(*OPEN_STATES)
        self.ensure_one()
        if not files and not (note or "").strip():
            raise UserError(self.env._("Add the files you deliver, or say where they are."))
        self._adopt_files(files, "delivered_file_ids")
        now = self.env.cr.now()
        request = self.sudo()
        if request.state == "waiting":
            request._resume()
        request._note_response(now)
        request._pause("delivered", now, note)
        request.write(
            {
                "state": "delivered",
                "date_delivered": now,
                "delivery_note": note,
                "assignee_id": request.assignee_id.id or self.env.uid,
            }
        )
        request._assign_breaches(now)
        request.activity_ids.action_feedback()
        request._refresh_leads()
        self._tell(self.env._("Delivered: %s", note or ", ".join(files.mapped("name"))), lambda row: row.asker_id)

    def _step_reopen(self, note):
        self._check_asker(*DONE_STATES)
        if not (note or "").strip():
            raise UserError(self.env._("Say what is missing, so that the department can go on."))
        now = self.env.cr.now()
        requests = self.sudo()
        requests._close_pauses(now)
        requests.write({"state": "in_progress", "date_delivered": False, "date_escalated": False})
        requests._assign_deadlines()
        requests._refresh_leads()
        self._tell(note, lambda request: request.assignee_id)

    def _step_cancel(self, note):
        self._check_cancel()
        requests = self.sudo()
        requests._close_pauses(self.env.cr.now())
        requests.write({"state": "cancelled"})
        requests.activity_ids.unlink()
        requests._refresh_leads()
        self._tell(note or self.env._("Cancelled."), lambda request: request.assignee_id)

    def _step_assign(self, user, note):
        self._check_assign()
        for request in self.sudo():
            if user not in request.department_id.member_ids:
                raise UserError(
                    self.env._(
                        "%(user)s is no member of %(department)s.",
                        user=user.sudo().name,
                        department=request.department_id.name,
                    )
                )
            request.assignee_id = user
        self._tell(note or self.env._("Assigned to %s.", user.sudo().name), lambda request: request.assignee_id)

    def _step_hand_in(self, requirement):
        """What the department delivered becomes the lead's document; the request keeps its own files."""
        self.ensure_one()
        self._check_asker(*DONE_STATES)
        files = self.sudo().delivered_file_ids
        if not files:
            raise UserError(self.env._("No file was delivered that could be handed in."))
        lead = self.sudo().lead_id.with_env(self.env)
        # Copied under the user's own name: the request shows him these files, and he hands in files of his own.
        copies = self.env["ir.attachment"]
        for file in files:
            copies |= copies.create(
                {
                    "name": file.name,
                    "raw": file.raw,
                    "mimetype": file.mimetype,
                    "res_model": "crm.lead",
                    "res_id": lead.id,
                }
            )
        lead.sales_process_submit_document(requirement.id, copies.ids)
        domain = [("lead_id", "=", lead.id), ("requirement_id", "=", requirement.id)]
        self.sudo().deliverable_id = self.env["sales.process.deliverable"].sudo().search(domain, limit=1)

    def _tell(self, body, whom):
        """A message in the request's log, from the user to the one who has to know."""
        for request in self.sudo():
            user = whom(request)
            partners = user.partner_id if user and user != self.env.user else self.env["res.partner"]
            request.with_context(sales_support_step=True).message_post(
                body=body,
                author_id=self.env.user.partner_id.id,
                partner_ids=partners.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

    def _message_post_after_hook(self, message, msg_vals):
        """An answer in the log is an answer: the department's first one counts, the asker's ends the pause."""
        result = super()._message_post_after_hook(message, msg_vals)
        comment = message.message_type in ("comment", "email") and message.subtype_id == self.env.ref("mail.mt_comment")
        if comment and not self.env.context.get("sales_support_step"):
            for request in self.sudo():
                request._take_answer(message.author_id)
        return result

    def _take_answer(self, author):
        if self.state == "waiting" and author == self.asker_id.partner_id:
            self._resume()
        elif self.state in OPEN_STATES and author in self.department_id.member_ids.partner_id:
            self._note_response(self.env.cr.now())

    # ------------------------------------------------------------------
    # The clock
    # ------------------------------------------------------------------

    def _note_response(self, now):
        for request in self.filtered(lambda row: not row.date_first_response):
            request.date_first_response = now
            request._assign_breaches(now)

    def _pause(self, kind, now, reason=False):
        self.env["sales.process.support.pause"].sudo().create(
            [
                {"request_id": request.id, "kind": kind, "start": now, "reason": reason, "user_id": self.env.uid}
                for request in self
            ]
        )
        self.write({"paused_since": now})

    def _close_pauses(self, now):
        pauses = self.pause_ids.filtered(lambda pause: not pause.stop)
        pauses.write({"stop": now})
        # Before the next pause is created: the database knows one open pause of a request only.
        pauses.flush_recordset(["stop"])
        self.write({"paused_since": False})

    def _resume(self):
        """The deadline moves by the working time that was paused."""
        requests = self.sudo()
        requests._close_pauses(self.env.cr.now())
        requests.write({"state": "in_progress"})
        requests._assign_deadlines()

    def _assign_deadlines(self):
        """Deadlines from what was promised, the department's working time and the pauses so far."""
        now = self.env.cr.now()
        for request in self.sudo():
            calendar = request.department_id._get_calendar()
            pauses = [(pause.start, pause.stop) for pause in request.pause_ids if pause.stop]
            share = request.at_risk_percent / 100
            promise = calendar._plan_promise(
                request.date_requested, days=request.resolution_days, pauses=pauses, share=share
            )
            response = False
            if request.response_hours:
                response = calendar._plan_promise(request.date_requested, hours=request.response_hours).deadline
            request.update(
                {
                    "resolution_deadline": promise.deadline,
                    "at_risk_from": promise.at_risk,
                    "response_deadline": response,
                }
            )
            request._assign_breaches(now)

    def _assign_breaches(self, now):
        """Breaches are facts; a holiday found out later can still undo that of an open request."""
        for request in self.sudo():
            until = request.date_delivered or request.paused_since or now
            answered = request.date_first_response or now
            request.resolution_breached = until > request.resolution_deadline
            request.response_breached = bool(request.response_deadline) and answered > request.response_deadline

    @api.model
    def _replan(self, domain):
        """New deadlines for open requests, after their working time changed."""
        self.sudo().search([*domain, ("state", "in", OPEN_STATES)])._assign_deadlines()

    @api.model
    def _replan_calendars(self, calendars):
        companies = self.env["res.company"].sudo().search([("resource_calendar_id", "in", calendars.ids)])
        departments = self.env["sales.process.department"].sudo().with_context(active_test=False)
        concerned = departments.search(
            [
                "|",
                ("calendar_id", "in", calendars.ids),
                "&",
                ("calendar_id", "=", False),
                ("company_id", "in", [*companies.ids, False]),
            ]
        )
        if concerned:
            self._replan([("department_id", "in", concerned.ids)])

    @api.model
    def _cron_escalate_late(self):
        """Note overdue promises and tell the leader, once; what fails is logged and stops nothing else."""
        error = None
        tried = []
        while requests := self._find_overdue(tried):
            tried += requests.ids
            for request in requests:
                try:
                    with self.env.cr.savepoint():
                        request._escalate()
                except Exception as problem:
                    _logger.exception("Support request %s cannot be escalated", request.id)
                    error = problem
            if not self.env["ir.cron"]._commit_progress(len(requests), remaining=len(self._find_overdue(tried))):
                break
        if error:
            raise error

    def _find_overdue(self, but):
        now = self.env.cr.now()
        late = [
            ("date_escalated", "=", False),
            ("state", "in", RUNNING_STATES),
            ("resolution_deadline", "<", now),
            ("id", "not in", but),
        ]
        unanswered = [
            ("date_first_response", "=", False),
            ("response_breached", "=", False),
            ("state", "=", "new"),
            ("response_deadline", "<", now),
            ("id", "not in", but),
        ]
        found = self.search(late, limit=SCAN_BATCH, order="resolution_deadline")
        return found or self.search(unanswered, limit=SCAN_BATCH, order="response_deadline")

    def _escalate(self):
        now = self.env.cr.now()
        self._assign_breaches(now)
        if self.resolution_deadline >= now or self.date_escalated:
            return
        self.date_escalated = now
        leader = self.department_id.leader_id
        receivers = leader if leader.active else self.lead_id._get_sales_managers()[:1]
        for user in receivers:
            self.with_context(lang=user.lang).activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Late: %s", self.display_name),
                note=self.env._("Asked by %s. See who can deliver it, or talk to sales.", self.asker_id.name),
            )

    def _refresh_leads(self):
        """Gates that wait for the support see it at once."""
        waiting = self.sudo().filtered(lambda request: request.policy_id.requirement_ids)
        waiting.lead_id._refresh_gate_state()

    # ------------------------------------------------------------------
    # The weekly meeting
    # ------------------------------------------------------------------

    def _prepare_agenda(self):
        """:return: list of {"department", "late", "open", "requests"}; late ones first, then by deadline"""
        departments = []
        ordered = self.sorted(lambda request: (not request.is_late, -request.days_late, request.resolution_deadline))
        for department, requests in ordered.grouped("department_id").items():
            departments.append(
                {
                    "department": department,
                    "requests": requests,
                    "late": len(requests.filtered("is_late")),
                    "open": len(requests.filtered(lambda request: request.state in OPEN_STATES)),
                }
            )
        return sorted(departments, key=lambda entry: (-entry["late"], entry["department"].display_name))

    def _get_agenda_note(self):
        """The sentence that the meeting starts from: what it waits for, else what is needed."""
        self.ensure_one()
        waiting = self.pause_ids.filtered(lambda pause: not pause.stop and pause.kind == "asker")
        return waiting[:1].reason or self.need or ""

from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class SalesProcessTraining(models.Model):
    """One session in which people learn key actions of a process."""

    _name = "sales.process.training"
    _description = "Sales Training"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Done"), ("cancelled", "Cancelled")],
        required=True,
        default="planned",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    date = fields.Datetime(
        string="Begins", required=True, copy=False, default=lambda self: self.env.cr.now(), tracking=True, index=True
    )
    duration = fields.Float(string="Hours", default=2.0)
    date_end = fields.Datetime(string="Ends", compute="_compute_date_end")
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True, help="Empty: for all companies."
    )
    trainer_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, domain=[("share", "=", False)], ondelete="set null", index=True
    )
    place = fields.Char(help="Where it takes place.")
    link = fields.Char(string="Online Link")
    description = fields.Html(translate=True, help="What is taught, and what to prepare.")
    requirement_ids = fields.Many2many(
        "sales.process.requirement",
        "sales_process_training_requirement_rel",
        "training_id",
        "requirement_id",
        string="Key Actions",
        help="Who passes is trained in these.",
    )
    resource_ids = fields.Many2many(
        "sales.process.resource",
        "sales_process_resource_training_rel",
        "training_id",
        "resource_id",
        string="Tools and Material",
    )
    assessment = fields.Boolean(default=True, help="It ends with an assessment.")
    pass_score = fields.Float(string="Passed From", default=80.0, help="Score from 0 to 100 that passes.")
    attendee_ids = fields.One2many("sales.process.training.attendee", "training_id", string="Attendees", copy=False)
    user_ids = fields.Many2many("res.users", compute="_compute_user_ids", string="Participants")
    is_mine = fields.Boolean(compute="_compute_is_mine", search="_search_is_mine", compute_sudo=True)
    attendee_count = fields.Integer(compute="_compute_counts")
    passed_count = fields.Integer(compute="_compute_counts")

    _duration_positive = models.Constraint("CHECK(duration > 0)", "A training lasts longer than zero hours.")
    _pass_score_in_range = models.Constraint(
        "CHECK(pass_score BETWEEN 0 AND 100)", "The score that passes is between 0 and 100."
    )

    @api.depends("date", "duration")
    def _compute_date_end(self):
        for training in self:
            training.date_end = training.date and training.date + timedelta(hours=training.duration)

    @api.depends("attendee_ids.user_id")
    def _compute_user_ids(self):
        for training in self:
            training.user_ids = training.attendee_ids.user_id

    @api.depends("trainer_id", "attendee_ids.user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.search([("id", "in", self.ids), ("is_mine", "=", True)])
        for training in self:
            training.is_mine = training in mine

    def _search_is_mine(self, operator, value):
        """Trainings that the user takes part in or gives, or somebody of a team that the user leads takes part in.

        What the access rule reads. It must not go through ``attendee_ids``: rules are checked as the superuser, who
        would leave everybody's results in the cache for the user to read.
        """
        if operator != "in" or True not in value:
            return NotImplemented
        user = self.env.user
        people = user + user.sudo().search([("crm_team_member_ids.crm_team_id.user_id", "=", user.id)])
        # Only the ids of trainings leave here, nothing of the attendees.
        attended = self.env["sales.process.training.attendee"].sudo()._search([("user_id", "in", people.ids)])
        return Domain("trainer_id", "=", user.id) | Domain("id", "in", attended.subselect("training_id"))

    @api.depends("attendee_ids.passed")
    def _compute_counts(self):
        # As many as the user may see: of other people's results a salesperson learns not even the number.
        for training in self:
            training.attendee_count = len(training.attendee_ids)
            training.passed_count = len(training.attendee_ids.filtered("passed"))

    def action_invite(self):
        """Give everybody who has not been told yet an activity for the day of the training."""
        self.check_access("write")
        for training in self:
            if training.state != "planned":
                raise UserError(self.env._("%s is not planned any more: nobody is invited.", training.name))
            if not training.attendee_ids:
                raise UserError(self.env._("Add attendees to %s before you invite them.", training.name))
        self._action_invite()
        return True

    def _action_invite(self):
        for training in self:
            told = training.activity_ids.user_id
            for attendee in training.attendee_ids.filtered(lambda attendee, told=told: attendee.user_id not in told):
                training.activity_schedule(
                    "mail.mail_activity_data_meeting"
                    if training._has_meeting_type()
                    else "mail.mail_activity_data_todo",
                    date_deadline=fields.Date.context_today(
                        self.with_context(tz=attendee.user_id.tz or self.env.user.tz), training.date
                    ),
                    summary=self.env._("Training: %s", training.name),
                    user_id=attendee.user_id.id,
                )

    @api.model
    def _has_meeting_type(self):
        return bool(self.env.ref("mail.mail_activity_data_meeting", raise_if_not_found=False))

    def action_done(self):
        """The session took place; whoever is still only invited was absent."""
        self.check_access("write")
        self.attendee_ids.filtered(lambda attendee: attendee.state == "invited").state = "absent"
        self.state = "done"
        self.activity_ids.action_feedback()
        return True

    def action_everybody_attended(self):
        self.check_access("write")
        self.attendee_ids.filtered(lambda attendee: attendee.state == "invited").write(
            {"state": "attended", "completed": True}
        )
        return True

    def action_cancel(self):
        self.check_access("write")
        self.state = "cancelled"
        self.activity_ids.unlink()
        return True

    def action_plan_again(self):
        self.check_access("write")
        self.state = "planned"
        return True

    def action_add_team(self):
        """Add the members of the teams that follow the processes of the key actions."""
        self.check_access("write")
        for training in self:
            members = training.requirement_ids.process_id.team_ids.member_ids
            new = members.filtered("active") - training.attendee_ids.user_id
            training.attendee_ids = [Command.create({"user_id": user.id}) for user in new]
        return True

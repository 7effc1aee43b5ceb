from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import feedback as rules
from ...tools.period import local_day
from .feedback_labels import MANAGER

QUADRANTS = [
    ("quick_win", "Quick Wins"),
    ("big_project", "Big Projects"),
    ("fill_in", "Fill-ins"),
    ("thankless", "Thankless"),
    ("unjudged", "Not Judged Yet"),
]
#: Characters of a text that stand for it in a list or a link.
EXCERPT = 70


class SalesProcessFeedback(models.Model):
    """What somebody says about the process (S5.3, R1, R2): where, in which situation, and what becomes of it.

    Reps see their own and what they joined, sales administrators all of their companies. Who gave it is in
    ``author_id`` unless it was given anonymously; then only the rows of ``sales.process.feedback.voice`` know, and
    show it to the person alone.
    """

    _name = "sales.process.feedback"
    _description = "Process Feedback"
    _inherit = [
        "sales.process.feedback.giving",
        "sales.process.feedback.similar",
        "sales.process.feedback.status",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "vote_count desc, id desc"
    _check_company_auto = True

    text = fields.Text(required=True)
    kind = fields.Selection(
        [("obstacle", "Gets in the way"), ("idea", "Idea"), ("praise", "Praise"), ("question", "Question")],
        required=True,
        default="obstacle",
        index=True,
    )
    source = fields.Selection(
        [("rep", "Salesperson"), ("interview", "Interview"), ("customer", "Customer"), ("review", "Review")],
        required=True,
        default="rep",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    given_on = fields.Date(required=True, default=lambda self: self._get_today(), index=True)

    process_id = fields.Many2one(
        "sales.process",
        check_company=True,
        compute="_compute_process_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
        help="The version that was in use.",
    )
    process_stage_id = fields.Many2one(
        "sales.process.stage",
        string="Stage",
        compute="_compute_process_stage_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('process_id', '=?', process_id)]",
        index="btree_not_null",
        ondelete="set null",
    )
    requirement_id = fields.Many2one(
        "sales.process.requirement",
        domain="[('process_stage_id', '=?', process_stage_id), ('process_id', '=?', process_id)]",
        index="btree_not_null",
        ondelete="set null",
    )
    lead_id = fields.Many2one(
        "crm.lead", check_company=True, index="btree_not_null", ondelete="set null", groups=MANAGER
    )
    decision_id = fields.Many2one(
        "sales.process.decision",
        string="Refused Attempt",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=MANAGER,
    )
    context = fields.Json(
        readonly=True, groups=MANAGER, help="How it was then: names of lead, stage and what was missing."
    )
    unmet_summary = fields.Text(
        string="Missing Then", compute="_compute_situation", compute_sudo=True, help="What the gate still asked for."
    )
    situation = fields.Char(compute="_compute_situation", compute_sudo=True, help="Deal and step it was about.")
    about = fields.Char(compute="_compute_about", compute_sudo=True)

    author_id = fields.Many2one(
        "res.users",
        string="Given By",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        index="btree_not_null",
        ondelete="set null",
        groups=MANAGER,
    )
    anonymous = fields.Boolean(
        readonly=True, help="The name is kept where only the person sees it, and so are the deal and the time of day."
    )
    logged_by_id = fields.Many2one(
        "res.users", string="Written Down By", readonly=True, ondelete="set null", groups=MANAGER
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
        groups=MANAGER,
    )
    interview_id = fields.Many2one(
        "sales.process.feedback.interview", index="btree_not_null", ondelete="cascade", readonly=True, groups=MANAGER
    )
    score = fields.Integer(aggregator="avg", help="0 to 10, as a customer answered.")
    has_score = fields.Boolean(readonly=True, help="No score is not zero.")

    theme_id = fields.Many2one(
        "sales.process.feedback.theme", check_company=True, index="btree_not_null", ondelete="restrict"
    )
    effort = fields.Integer(aggregator=None, help="1 to 5, from an hour to a project; more than 3 is high.")
    impact = fields.Integer(aggregator=None, help="1 to 5, from nice to decisive; more than 3 is high.")
    quadrant = fields.Selection(
        QUADRANTS,
        compute="_compute_quadrant",
        inverse="_inverse_quadrant",
        store=True,
        readonly=False,
        index=True,
        group_expand=True,
    )

    voice_ids = fields.One2many("sales.process.feedback.voice", "feedback_id", readonly=True)
    vote_count = fields.Integer(
        string="Voices", readonly=True, aggregator="sum", copy=False, help="People who say so, each counted once."
    )
    my_role = fields.Selection([("giver", "I gave it"), ("me_too", "I said the same")], compute="_compute_my_role")
    is_mine = fields.Boolean(compute="_compute_my_role", search="_search_is_mine")
    improvement_id = fields.Many2one(
        "sales.process.improvement", check_company=True, index="btree_not_null", ondelete="set null", tracking=True
    )
    award_ids = fields.One2many("sales.process.award", "feedback_id", readonly=True, groups=MANAGER)
    # What an award is for is the managers' to read; that there is one, everybody's.
    thanks_ids = fields.Many2many(
        "sales.process.award", string="Thank-yous", compute="_compute_thanks_ids", compute_sudo=True
    )

    _judged_one_to_five = models.Constraint(
        f"CHECK(effort BETWEEN 0 AND {rules.HIGHEST} AND impact BETWEEN 0 AND {rules.HIGHEST})",
        "Judge effort and impact from 1 to 5; 0 leaves it open.",
    )
    _score_zero_to_ten = models.Constraint("CHECK(score BETWEEN 0 AND 10)", "A score lies between 0 and 10.")
    _open_idx = models.Index("(company_id, state) WHERE merged_into_id IS NULL")

    # -- what shows -----------------------------------------------------------

    @api.depends("text")
    def _compute_display_name(self):
        for feedback in self:
            feedback.display_name = feedback._get_excerpt()

    def _get_excerpt(self):
        line = " ".join((self.text or "").split())
        return line if len(line) <= EXCERPT else f"{line[:EXCERPT]}…"

    def _get_today(self):
        return local_day(self.env.cr.now(), self.env.company._get_sales_timezone())

    @api.depends("requirement_id")
    def _compute_process_stage_id(self):
        for feedback in self:
            feedback.process_stage_id = feedback.requirement_id.process_stage_id or feedback.process_stage_id

    @api.depends("process_stage_id")
    def _compute_process_id(self):
        for feedback in self:
            feedback.process_id = feedback.process_stage_id.process_id or feedback.process_id

    @api.depends("process_stage_id", "requirement_id", "process_id")
    @api.depends_context("lang")
    def _compute_about(self):
        for feedback in self:
            place = filter(None, (feedback.process_stage_id.name, feedback.requirement_id.name))
            feedback.about = " · ".join(place) or feedback.process_id.display_name or ""

    @api.depends("context")
    @api.depends_context("uid")
    def _compute_situation(self):
        manages = self.env.user.has_group(MANAGER)
        mine = self._get_my_roles()
        for feedback in self:
            told = (feedback.context or {}) if manages or mine.get(feedback.id) == "giver" else {}
            feedback.unmet_summary = "\n".join(filter(None, [told.get("movement"), *told.get("unmet", ())]))
            steps = " → ".join(filter(None, (told.get("from_stage"), told.get("to_stage"))))
            feedback.situation = " · ".join(filter(None, (told.get("lead"), steps)))

    @api.depends("award_ids")
    def _compute_thanks_ids(self):
        for feedback in self:
            feedback.thanks_ids = (feedback | feedback.merged_into_id).award_ids

    @api.depends("effort", "impact")
    def _compute_quadrant(self):
        for feedback in self:
            feedback.quadrant = rules.quadrant(feedback.effort, feedback.impact)

    def _inverse_quadrant(self):
        """Dragged into another quadrant: effort and impact become the nearest ones that belong there."""
        for feedback in self:
            feedback.effort, feedback.impact = rules.place(feedback.quadrant, feedback.effort, feedback.impact)

    def action_place(self, quadrant):
        """Into another quadrant without dragging: by keyboard, or on a phone."""
        self.write({"quadrant": quadrant})
        return True

    # -- whose it is ----------------------------------------------------------

    def _get_my_roles(self):
        """:return: {feedback id: "giver" or "me_too"} of the user"""
        voices = self.env["sales.process.feedback.voice"].sudo()
        rows = voices.search_fetch(
            [("feedback_id", "in", self.ids), ("user_id", "=", self.env.uid)], ["feedback_id", "role"]
        )
        return {row.feedback_id.id: row.role for row in rows}

    @api.depends_context("uid")
    def _compute_my_role(self):
        roles = self._get_my_roles()
        for feedback in self:
            feedback.my_role = roles.get(feedback.id, False)
            feedback.is_mine = bool(feedback.my_role)

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        if wanted == {True, False}:
            return Domain.TRUE
        mine = Domain("voice_ids", "any!", [("user_id", "=", self.env.uid)])
        return mine if True in wanted else ~mine

    def _count_votes(self):
        """People who say so, together with those of what was merged; a customer without a login is one voice."""
        if not self:
            return
        self.flush_model(["merged_into_id"])
        self.env.cr.execute(
            SQL(
                """
                WITH main AS (
                    SELECT DISTINCT COALESCE(merged_into_id, id) AS id FROM sales_process_feedback WHERE id = ANY(%s)
                ), heard AS (
                    SELECT main.id, COUNT(DISTINCT voice.user_id)
                           + COUNT(DISTINCT part.id) FILTER (WHERE voice.id IS NULL) AS votes
                      FROM main
                      JOIN sales_process_feedback AS part ON part.id = main.id OR part.merged_into_id = main.id
                      LEFT JOIN sales_process_feedback_voice AS voice ON voice.feedback_id = part.id
                     GROUP BY main.id)
                UPDATE sales_process_feedback AS feedback SET vote_count = heard.votes
                  FROM heard WHERE feedback.id = heard.id OR feedback.merged_into_id = heard.id
                """,
                self.ids,
            )
        )
        self.invalidate_model(["vote_count"])

    # -- rules ----------------------------------------------------------------

    @api.constrains("text")
    def _check_text(self):
        if any(not (feedback.text or "").strip() for feedback in self):
            raise ValidationError(self.env._("Say in a few words what it is about."))

    @api.constrains("process_id", "process_stage_id", "requirement_id")
    def _check_place(self):
        for feedback in self:
            stage, requirement = feedback.process_stage_id, feedback.requirement_id
            if stage and feedback.process_id and stage.process_id != feedback.process_id:
                raise ValidationError(self.env._("The stage “%s” is one of another process.", stage.name))
            if requirement and stage and requirement.process_stage_id != stage:
                raise ValidationError(self.env._("The requirement “%s” is one of another stage.", requirement.name))

    @api.model_create_multi
    def create(self, vals_list):
        feedback = super().create(self._complete(vals_list))
        feedback.env["sales.process.feedback.voice"].sudo()._add(
            [(one.id, one.sudo().author_id.id, "giver") for one in feedback if one.sudo().author_id]
        )
        feedback._count_votes()
        if feedback and not self._is_in_use():
            self.env.registry.clear_cache("stable")
        return feedback

    @api.model
    @tools.ormcache(cache="stable")
    def _is_in_use(self):
        """:return: whether anybody ever gave feedback; merging asks this and stops"""
        return bool(self.sudo().with_context(active_test=False).search_count([], limit=1))

    def _complete(self, vals_list):
        """Values as they are stored: points of an interview have its people, what is written down says by whom."""
        names = ("interview_id", "source", "author_id", "lead_id", "partner_id", "process_stage_id")
        context = self.env.context
        preset = {name: context[f"default_{name}"] for name in names if f"default_{name}" in context}
        vals_list = [{**preset, **vals} for vals in vals_list]
        ids = {vals["interview_id"] for vals in vals_list if vals.get("interview_id")}
        interviews = self.env["sales.process.feedback.interview"].browse(ids)
        common = {interview.id: interview._prepare_point_vals() for interview in interviews}
        # sudo: where a lead stands, and whose it is
        leads = self.env["crm.lead"].sudo().browse({vals["lead_id"] for vals in vals_list if vals.get("lead_id")})
        by_id = {lead.id: lead for lead in leads}
        for vals in vals_list:
            vals.update(common.get(vals.get("interview_id"), {}))
            if vals.get("source") == "customer":
                vals.setdefault("author_id", False)
                if lead := by_id.get(vals.get("lead_id")):
                    vals["partner_id"] = vals.get("partner_id") or lead.partner_id.id
                    if not vals.get("requirement_id"):
                        vals["process_stage_id"] = vals.get("process_stage_id") or lead.sales_process_stage_id.id
            if vals.get("author_id", self.env.uid) != self.env.uid:
                vals.setdefault("logged_by_id", self.env.uid)
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_only_own_notes(self):
        """What somebody else said is answered, not deleted."""
        for feedback in self:
            own = self.env.user in feedback.logged_by_id | feedback.author_id
            if not own or feedback.state != "new" or feedback.merged_ids:
                raise UserError(
                    self.env._(
                        "“%s” was said by somebody who waits for an answer: decline it with a reason instead.",
                        feedback.display_name,
                    )
                )

from odoo import Command, api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ...tools import journey as rules


class SalesProcessJourney(models.Model):
    """The way of one kind of customer, phase by phase. Only active journeys record what happens on leads."""

    _name = "sales.process.journey"
    _description = "Customer Journey"
    _inherit = [
        "mail.thread",
        "sales.process.journey.map",
        "sales.process.journey.sheet",
        "sales.process.journey.lifecycle",
        "sales.process.journey.recording",
    ]
    _order = "state, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    description = fields.Text(translate=True)
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("retired", "Retired")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    active = fields.Boolean(default=True, copy=False)
    version = fields.Integer(default=1, readonly=True, copy=False)
    predecessor_id = fields.Many2one("sales.process.journey", string="Previous Version", readonly=True, copy=False)
    segment = fields.Char(
        tracking=True,
        help="Two journeys can be active on one process when their segments differ, such as new and old customers.",
    )
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company, index=True)
    persona_ids = fields.Many2many(
        "sales.process.persona",
        "sales_process_journey_persona_rel",
        "journey_id",
        "persona_id",
        string="Personas",
        check_company=True,
    )
    process_ids = fields.Many2many(
        "sales.process",
        "sales_process_journey_process_rel",
        "journey_id",
        "process_id",
        string="Sales Processes",
        check_company=True,
        tracking=True,
        help="Versions of processes whose customers take this way.",
    )
    phase_ids = fields.One2many("sales.process.journey.phase", "journey_id", string="Phases", copy=True)
    # Copied with its phase.
    touchpoint_ids = fields.One2many("sales.process.touchpoint", "journey_id", string="Touchpoints", copy=False)
    phase_count = fields.Integer(compute="_compute_counts")
    touchpoint_count = fields.Integer(compute="_compute_counts")
    key = fields.Char(help="Names the ready template this journey comes from.", copy=True)

    @api.depends("phase_ids", "touchpoint_ids")
    def _compute_counts(self):
        for journey in self:
            journey.phase_count = len(journey.phase_ids)
            journey.touchpoint_count = len(journey.touchpoint_ids)

    @api.depends("name", "version")
    def _compute_display_name(self):
        for journey in self:
            suffix = f" v{journey.version}" if journey.version > 1 else ""
            journey.display_name = f"{journey.name or ''}{suffix}"

    @api.constrains("state", "process_ids", "segment", "active")
    def _check_one_active_journey_per_process(self):
        mine = self.filtered(lambda journey: journey.state == "active" and journey.active)
        if not mine:
            return
        # All of them count, also those of companies the user has not chosen now.
        running = self.sudo().search([("state", "=", "active"), ("process_ids", "in", mine.process_ids.ids)])
        rows = [(journey.id, journey.segment, journey.process_ids.ids) for journey in running]
        for first, second, process in rules.clashes(rows):
            if first in mine.ids or second in mine.ids:
                other = self.sudo().browse(first if second in mine.ids else second)
                raise ValidationError(
                    self.env._(
                        "%(process)s has the active journey %(journey)s for this segment already. Retire that one, or"
                        " give the two different segments.",
                        process=self.env["sales.process"].sudo().browse(process).display_name,
                        journey=other.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        journeys = super().create(vals_list)
        self._clear_journeys()
        return journeys

    def write(self, vals):
        result = super().write(vals)
        self._clear_journeys()
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for journey, vals in zip(self, vals_list, strict=True):
            if not (default or {}).get("name"):
                vals["name"] = self.env._("%s (copy)", journey.name)
        return vals_list

    def copy(self, default=None):
        copies = super().copy(default)
        # Touchpoints come with their phases; what the journey remembers of them is from before they were stored.
        copies.invalidate_recordset(["touchpoint_ids"])
        return copies

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        for journey in self:
            if journey.state != "draft":
                raise UserError(
                    self.env._(
                        "%s has been in use: archive it instead of deleting it, what it recorded stays readable.",
                        journey.display_name,
                    )
                )

    def unlink(self):
        result = super().unlink()
        self._clear_journeys()
        return result

    def action_activate(self):
        """From now on what happens on leads of its processes is recorded along this journey."""
        self.check_access("write")
        for journey in self:
            if not journey.process_ids:
                raise UserError(
                    self.env._("Choose the sales process of %s before you activate it.", journey.display_name)
                )
            if not journey.touchpoint_ids:
                raise UserError(
                    self.env._("Add at least one touchpoint to %s before you activate it.", journey.display_name)
                )
        # A version takes the place of the one it was made from.
        previous = self.predecessor_id.filtered(lambda journey: journey.state == "active")
        replaced = previous.filtered(
            lambda old: any(
                new.predecessor_id == old
                and rules.normalize_segment(new.segment) == rules.normalize_segment(old.segment)
                for new in self
            )
        )
        replaced.state = "retired"
        self.state = "active"
        return True

    def action_retire(self):
        """Nothing more is recorded; what was recorded stays."""
        self.check_access("write")
        self.state = "retired"
        return True

    def action_new_version(self):
        """Copy into a draft that replaces this version once it is activated."""
        self.ensure_one()
        copy = self.copy(
            {
                "name": self.name,
                "version": self.version + 1,
                "predecessor_id": self.id,
                "company_id": self.company_id.id,
            }
        )
        return copy._get_form_action()

    def _get_form_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_view_touchpoints(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_process_framework.sales_process_touchpoint_action"
        )
        action["domain"] = [("journey_id", "=", self.id)]
        action["context"] = {"default_journey_id": self.id, "search_default_group_phase": 1}
        return action

    # ------------------------------------------------------------------
    # Stages of processes
    # ------------------------------------------------------------------

    def _link_stages(self, processes, stages_of_phase=None):
        """Link each phase to stages of ``processes``.

        :param stages_of_phase: {phase: keys of stages}; without it, twins of the stages that are linked already
        """
        self.ensure_one()
        for phase in self.phase_ids:
            linked = phase.process_stage_ids
            if stages_of_phase is None:
                twins = processes.stage_ids.filtered(lambda stage, linked=linked: stage._is_twin_of(linked))
            else:
                keys = stages_of_phase.get(phase) or ()
                twins = processes.stage_ids.filtered(lambda stage, keys=keys: stage.key in keys)
            if new := twins - linked:
                phase.process_stage_ids = [Command.link(stage.id) for stage in new]

    # ------------------------------------------------------------------
    # What other parts ask without a query
    # ------------------------------------------------------------------

    @api.model
    def _clear_journeys(self):
        """To be called after every change of a journey's definitions; what is kept of them is kept as ``stable``."""
        self.env.registry.clear_cache("stable")

    @api.model
    @tools.ormcache(cache="stable")
    def _is_in_use(self):
        """:return: whether any journey records; plain CRM asks this and stops"""
        return bool(self.sudo().search_count([("state", "=", "active")], limit=1))

    # ------------------------------------------------------------------
    # The map and the matrix, as plain data for the web client and the files
    # ------------------------------------------------------------------

    @api.readonly
    def get_journey_map(self):
        """The map, phases across and touchpoints down.

        :return: ``{"journey": {id, name, state, can_edit, …}, "phases": [{id, name, kind, need, pain,
            information_channels, stages: [names], touchpoints: […]}]}``; a touchpoint is what
            :meth:`SalesProcessTouchpoint._prepare_map_card` gives
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "journey": self._prepare_map_head(),
            "phases": [phase._prepare_map_column() for phase in self.phase_ids],
        }

    @api.readonly
    def get_priority_matrix(self):
        """The four quadrants.

        :return: ``{"journey": {…}, "threshold", "quadrants": [{"key", "name", "touchpoints": [card with phase]}]}``,
            what to do first stands first, and in a quadrant what is rated highest
        """
        self.ensure_one()
        self.check_access("read")
        labels = self._get_quadrant_labels()
        cards = [touchpoint._prepare_map_card() for phase in self.phase_ids for touchpoint in phase.touchpoint_ids]
        cards.sort(key=lambda card: (-card["importance"] - card["urgency"], -card["importance"]))
        return {
            "journey": self._prepare_map_head(),
            "threshold": rules.HIGH_ABOVE,
            "quadrants": [
                {
                    "key": key,
                    "name": labels[key],
                    "touchpoints": [card for card in cards if card["quadrant"] == key],
                }
                for key in rules.QUADRANTS
            ],
        }

    def move_touchpoint(self, touchpoint_id, phase_id, position):
        """Put a touchpoint of this journey at a place of one of its phases.

        :param position: 0 is the top; too large means the end
        """
        self.ensure_one()
        self.check_access("write")
        touchpoint = self.touchpoint_ids.filtered(lambda one: one.id == touchpoint_id)
        phase = self.phase_ids.filtered(lambda one: one.id == phase_id)
        if not touchpoint or not phase:
            raise UserError(
                self.env._("This touchpoint or phase is not on the map of %s any more. Reload it.", self.display_name)
            )
        order = rules.place(phase.touchpoint_ids.ids, touchpoint.id, int(position or 0))
        if touchpoint.phase_id != phase:
            touchpoint.phase_id = phase
        for index, one in enumerate(self.env["sales.process.touchpoint"].browse(order), 1):
            if one.sequence != index * 10:
                one.sequence = index * 10
        # In their new order from here on.
        self.phase_ids.invalidate_recordset(["touchpoint_ids"])
        self.invalidate_recordset(["touchpoint_ids"])
        return True

    @api.model
    def _get_quadrant_labels(self):
        return dict(self.env["sales.process.touchpoint"]._fields["quadrant"]._description_selection(self.env))

    def _prepare_map_head(self):
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.display_name,
            "description": self.description or "",
            "state": self.state,
            "segment": self.segment or "",
            "version": self.version,
            "processes": self.process_ids.mapped("display_name"),
            "personas": self.persona_ids.mapped("name"),
            "can_edit": self.has_access("write"),
        }

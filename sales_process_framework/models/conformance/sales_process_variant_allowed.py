import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

PATH = re.compile(r"[0-9]+(-[0-9]+)*")
#: Kinds that are about a stage of the process.
OF_STAGE = ("skipped", "out_of_order", "repeated", "too_long")


class SalesProcessVariantAllowed(models.Model):
    """A path, or a way to depart from the process, that counts as following it; a manager says why."""

    _name = "sales.process.variant.allowed"
    _description = "Allowed Deviation"
    _inherit = ["mail.thread"]
    _order = "process_id, kind, id"
    _rec_name = "reason"

    process_id = fields.Many2one("sales.process", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="process_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [
            ("variant", "Whole path"),
            ("skipped", "Stage skipped"),
            ("out_of_order", "Went back to the stage"),
            ("repeated", "Stage entered again"),
            ("too_long", "Too long in the stage"),
            ("outside", "Outside the process"),
        ],
        string="What Is Allowed",
        required=True,
        default="skipped",
        tracking=True,
    )
    process_stage_id = fields.Many2one(
        "sales.process.stage",
        string="Stage",
        domain="[('process_id', '=', process_id)]",
        index="btree_not_null",
        ondelete="cascade",
        tracking=True,
    )
    path = fields.Char(
        string="Positions",
        readonly=True,
        help="Places of the stages in the process, from 1; 0 stands for a stage outside it.",
    )
    path_text = fields.Char(string="Path", compute="_compute_path_text")
    tag_id = fields.Many2one("crm.tag", string="For Deals Tagged", ondelete="cascade", tracking=True)
    team_id = fields.Many2one(
        "crm.team",
        string="For the Team",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        ondelete="cascade",
        tracking=True,
    )
    reason = fields.Text(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True, help="Taken back, it stays here with its log.")

    _once = models.UniqueIndex(
        "(process_id, kind, COALESCE(process_stage_id, 0), COALESCE(path, ''), COALESCE(tag_id, 0), "
        "COALESCE(team_id, 0)) WHERE active",
        "This is allowed already.",
    )

    @api.depends("kind", "path", "process_stage_id", "process_id.stage_ids.name")
    def _compute_path_text(self):
        for allowed in self:
            if allowed.kind == "variant":
                allowed.path_text = " → ".join(allowed._get_path_names())
            else:
                allowed.path_text = allowed.process_stage_id.name or ""

    @api.depends("kind", "path_text")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for allowed in self:
            allowed.display_name = ": ".join(filter(None, [kinds.get(allowed.kind), allowed.path_text]))

    def _get_path_names(self):
        names = dict(enumerate(_in_order(self.process_id).mapped("name"), 1))
        names[0] = self.env._("Outside")
        return [names.get(int(node), self.env._("Won")) for node in (self.path or "").split("-") if node]

    def _prepare_for_version(self, process, following):
        """The same for a later version of the process.

        :param following: {sales.process.stage: the stage of the later version that went on from it}
        :return: values of a new record; None when a stage that this is about did not go on
        """
        self.ensure_one()
        places = {stage: n for n, stage in enumerate(_in_order(process), 1)}
        # What is outside the process stays there, and so does the end.
        nodes = {0: 0, len(self.process_id.stage_ids) + 1: len(places) + 1}
        for n, stage in enumerate(_in_order(self.process_id), 1):
            nodes[n] = places.get(following.get(stage))
        path = [nodes.get(int(node)) for node in (self.path or "").split("-") if node]
        if None in path or (self.process_stage_id and self.process_stage_id not in following):
            return None
        return {
            "process_id": process.id,
            "kind": self.kind,
            "process_stage_id": self.process_stage_id and following[self.process_stage_id].id,
            "path": "-".join(map(str, path)) or False,
            "tag_id": self.tag_id.id,
            "team_id": self.team_id.id,
            "reason": self.reason,
        }

    @api.constrains("kind", "path", "process_stage_id", "process_id")
    def _check_what(self):
        for allowed in self:
            if allowed.kind == "variant" and not PATH.fullmatch(allowed.path or ""):
                raise ValidationError(self.env._("Allow a whole path from the path map: there it is known."))
            if allowed.kind in OF_STAGE and not allowed.process_stage_id:
                raise ValidationError(self.env._("Say which stage this is about."))
            if allowed.process_stage_id and allowed.process_stage_id.process_id != allowed.process_id:
                raise ValidationError(
                    self.env._(
                        "The stage %(stage)s belongs to another process.", stage=allowed.process_stage_id.display_name
                    )
                )

    @api.constrains("reason")
    def _check_reason(self):
        if any(not (allowed.reason or "").strip() for allowed in self):
            raise ValidationError(self.env._("Say why this is allowed."))

    @api.model_create_multi
    def create(self, vals_list):
        # The index sees each statement: what was taken back just now is out of its way.
        self.flush_model(["active"])
        allowed = super().create(vals_list)
        allowed._log_on_process(self.env._("Deviation allowed"))
        return allowed

    def write(self, vals):
        before = {allowed: allowed.active for allowed in self}
        result = super().write(vals)
        if "active" in vals:
            changed = self.filtered(lambda allowed: allowed.active != before[allowed])
            changed.filtered("active")._log_on_process(self.env._("Deviation allowed"))
            changed.filtered(lambda allowed: not allowed.active)._log_on_process(
                self.env._("Deviation no longer allowed")
            )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Take it back instead of deleting it: who allowed what, and why, stays readable."))

    def _log_on_process(self, verb):
        for allowed in self:
            allowed.process_id.message_post(
                body=Markup("<p><b>%s</b>: %s</p><p>%s</p>") % (verb, allowed.display_name, allowed.reason),
                author_id=self.env.user.partner_id.id,
                subtype_xmlid="mail.mt_note",
            )


def _in_order(process):
    """:return: stages in the order that their positions count, from 1"""
    return process.stage_ids.sorted(lambda stage: (stage.sequence, stage.id))

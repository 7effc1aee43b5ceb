import base64
import json

from odoo import api, fields, models
from odoo.exceptions import UserError


class SalesProcessJourneyImport(models.TransientModel):
    """Start from a ready template or from a file of another database; both give a draft that records nothing."""

    _name = "sales.process.journey.import"
    _description = "New Customer Journey"

    source = fields.Selection(
        [("template", "Ready template"), ("file", "File from another database")], required=True, default="template"
    )
    template = fields.Selection(selection="_get_template_selection", default="b2b_manufacturing")
    summary = fields.Text(compute="_compute_summary")
    phase_names = fields.Text(compute="_compute_summary", string="Phases")
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    process_id = fields.Many2one(
        "sales.process",
        string="Sales Process",
        compute="_compute_process_id",
        store=True,
        readonly=False,
        domain="[('company_id', 'in', (company_id, False)), ('state', '!=', 'retired')]",
        help="Phases are linked to its stages. A journey can also be drawn first and linked later.",
    )

    @api.model
    def _get_template_selection(self):
        templates = self.env["sales.process.journey"]._get_ready_journeys()
        return [(key, self._get_text(data["journey"]["name"])) for key, data in templates.items()]

    @api.model
    def _get_text(self, texts):
        return (texts or {}).get(self.env.lang) or (texts or {}).get("en_US") or ""

    @api.depends("template", "source")
    def _compute_summary(self):
        templates = self.env["sales.process.journey"]._get_ready_journeys()
        for wizard in self:
            data = templates.get(wizard.template) if wizard.source == "template" else None
            wizard.summary = self._get_text(data["journey"].get("summary")) if data else False
            wizard.phase_names = (
                " → ".join(self._get_text(phase["name"]) for phase in data["phases"]) if data else False
            )

    @api.depends("template", "source", "company_id")
    def _compute_process_id(self):
        """The process that the template was drawn for: the one with most of its stages, in use before drafts."""
        templates = self.env["sales.process.journey"]._get_ready_journeys()
        for wizard in self:
            data = templates.get(wizard.template) if wizard.source == "template" else None
            keys = {key for phase in data["phases"] for key in phase["stages"]} if data else set()
            stages = self.env["sales.process.stage"].search(
                [
                    ("key", "in", list(keys)),
                    ("company_id", "in", [wizard.company_id.id, False]),
                    ("process_id.state", "!=", "retired"),
                ]
            )
            wizard.process_id = max(
                stages.process_id,
                key=lambda process, stages=stages: (
                    len(stages & process.stage_ids),
                    process.state != "draft",
                    process.id,
                ),
                default=self.env["sales.process"],
            )

    def action_create_draft(self):
        self.ensure_one()
        Journey = self.env["sales.process.journey"]
        return Journey._import_data(self._get_data(), self.company_id, self.process_id)._get_form_action()

    def _get_data(self):
        if self.source == "template":
            if not self.template:
                raise UserError(self.env._("Choose a template."))
            return self.env["sales.process.journey"]._get_ready_journeys()[self.template]
        if not self.file:
            raise UserError(self.env._("Choose the file to import."))
        try:
            return json.loads(base64.b64decode(self.file))
        except (ValueError, RecursionError) as error:
            raise UserError(self.env._("The file cannot be imported: it is not a journey exported as JSON.")) from error

import base64
import json

from odoo import api, fields, models
from odoo.exceptions import UserError


class SalesProcessImport(models.TransientModel):
    """Start from a ready template or from a file of another database; both give a draft that touches no lead."""

    _name = "sales.process.import"
    _description = "New Sales Process"

    source = fields.Selection(
        [("template", "Ready template"), ("file", "File from another database")], required=True, default="template"
    )
    template = fields.Selection(selection="_get_template_selection", default="b2b")
    summary = fields.Text(compute="_compute_summary")
    stage_names = fields.Text(compute="_compute_summary", string="Stages")
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)

    @api.model
    def _get_template_selection(self):
        templates = self.env["sales.process"]._get_ready_templates()
        return [(key, self._get_text(data["process"]["name"])) for key, data in templates.items()]

    @api.model
    def _get_text(self, texts):
        return (texts or {}).get(self.env.lang) or (texts or {}).get("en_US") or ""

    @api.depends("template", "source")
    def _compute_summary(self):
        templates = self.env["sales.process"]._get_ready_templates()
        for wizard in self:
            data = templates.get(wizard.template) if wizard.source == "template" else None
            wizard.summary = self._get_text(data["process"].get("summary")) if data else False
            names = [self._get_text(stage["name"]) for stage in data["stages"]] if data else []
            wizard.stage_names = " → ".join(names)

    def action_create_draft(self):
        self.ensure_one()
        process = self.env["sales.process"]._import_data(self._get_data(), self.company_id)
        return {
            "type": "ir.actions.act_window",
            "res_model": "sales.process",
            "res_id": process.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _get_data(self):
        if self.source == "template":
            if not self.template:
                raise UserError(self.env._("Choose a template."))
            return self.env["sales.process"]._get_ready_templates()[self.template]
        if not self.file:
            raise UserError(self.env._("Choose the file to import."))
        try:
            return json.loads(base64.b64decode(self.file))
        except (ValueError, RecursionError) as error:
            raise UserError(self.env._("The file cannot be imported: it is not a process exported as JSON.")) from error

from odoo import models

from ...tools import values
from ...tools.gate import Standing

ALWAYS_A_VALUE = ("boolean", "integer", "float", "monetary")


class SalesProcessJudgementField(models.AbstractModel):
    _name = "sales.process.judgement.field"
    _inherit = "sales.process.judgement"
    _description = "Judged by fields that are filled in"
    _judgement = "field"

    def _get_label(self):
        return self.env._("Fields filled in")

    def _prepare_settings(self, requirement):
        return {"fields": tuple(requirement.sudo().field_ids.mapped("name"))}

    def _get_lead_fields(self, requirement):
        return set(requirement.sudo().field_ids.mapped("name"))

    def _get_configuration_problem(self, requirement):
        if not requirement.sudo().field_ids:
            return self.env._("choose at least one field that has to be filled in.")
        return False

    def _judge(self, requirement, facts):
        return {
            lead.id: Standing.MISSING if self._get_blank_fields(requirement, lead) else Standing.MET
            for lead in facts.leads
        }

    def _get_blank_fields(self, requirement, lead):
        return [name for name in requirement.settings["fields"] if not has_value(lead, name)]

    def _get_input_fields(self, requirement, lead):
        return self._get_blank_fields(requirement, lead)

    def _explain(self, requirement, standing, lead, facts):
        if standing != Standing.MISSING:
            return False
        blank = self._get_blank_fields(requirement, lead)
        labels = [lead._fields[name]._description_string(self.env) for name in blank]
        return self.env._("Still empty: %s", ", ".join(labels))


def has_value(record, name):
    """0 and False are values; blanks, spaces and markup that shows nothing are not.

    :raise KeyError: the field is gone, for instance because its addon was uninstalled
    """
    field = record._fields[name]
    if field.type in ALWAYS_A_VALUE:
        return True
    value = record[name]
    if field.type in ("char", "text"):
        return not values.is_blank_text(value)
    if field.type == "html":
        return not values.is_blank_html(value)
    return bool(value)

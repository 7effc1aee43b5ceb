from ast import literal_eval

from odoo import api, models, tools
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.gate import Standing
from .lead_change import WATCHED_FIELDS
from .sales_process_judgement_field import has_value

UNSET_VALUES = (False, None)
INPUT_TYPES = ("char", "text", "integer", "float", "monetary", "date", "datetime", "boolean", "selection", "many2one")


class SalesProcessJudgementCondition(models.AbstractModel):
    _name = "sales.process.judgement.condition"
    _inherit = "sales.process.judgement"
    _description = "Judged by a condition on the lead"
    _judgement = "condition"

    def _get_label(self):
        return self.env._("Condition on the lead")

    def _prepare_settings(self, requirement):
        return {"domain": requirement.domain or "[]"}

    def _get_lead_paths(self, requirement):
        try:
            domain = requirement._get_condition()
        except Exception:
            # Broken since it was saved: the gate reports it, here it only has no fields to watch.
            return set()
        return {condition.field_expr for condition in domain.iter_conditions()}

    def _get_lead_fields(self, requirement):
        return {path.partition(".")[0] for path in self._get_lead_paths(requirement)}

    def _get_configuration_problem(self, requirement):
        domain = requirement._get_condition()
        if domain.is_true():
            return self.env._("enter the condition that the lead has to fulfil.")
        # A dry search finds what validation alone does not, such as a value of the wrong type.
        self.env["crm.lead"].sudo().search_count(domain, limit=1)
        return False

    def _get_input_fields(self, requirement, lead):
        """The lead's own fields that the condition tests, save those that move it."""
        domain = Domain(literal_eval(requirement.settings["domain"]))
        names = dict.fromkeys(condition.field_expr for condition in domain.iter_conditions())
        return [name for name in names if self._is_input(lead, name)]

    def _is_input(self, lead, name):
        field = lead._fields.get(name)
        return bool(field and field.type in INPUT_TYPES and not field.readonly and name not in WATCHED_FIELDS)

    def _explain(self, requirement, standing, lead, facts):
        if standing != Standing.MISSING:
            return False
        labels = [
            lead._fields[name]._description_string(self.env) for name in self._get_input_fields(requirement, lead)
        ]
        return self.env._("Look at: %s", ", ".join(labels)) if labels else False

    def _judge(self, requirement, facts):
        # Only the lead's own company is read, whoever moves the lead and whatever sudo could see.
        standings = {}
        for company, leads in facts.leads.grouped(lambda lead: lead._get_gate_company()).items():
            met = leads.filtered_domain(self._get_company_condition(requirement.settings["domain"], company.id))
            standings.update(dict.fromkeys(met.ids, Standing.MET))
        return standings

    @api.model
    @tools.ormcache("text", "company_id", cache="stable")
    def _get_company_condition(self, text, company_id):
        """:return: the checked domain of a rule as it reads one company; kept, as every lead's form asks for it"""
        leads = self.env["crm.lead"].sudo()
        domain = Domain(literal_eval(text))
        domain.validate(leads)
        return within_company(leads, domain, leads.env["res.company"].browse(company_id)).optimize(leads)


def within_company(model, domain, company):
    """Rewrite a domain so that it reads only shared records and those of one company.

    Every relation the domain follows (``partner_id.child_ids.name``, ``any``) gets the company's condition. Tests
    for "set" and "not set" follow :func:`has_value`, as the rest of the gate does.

    :param model: any recordset of the model the domain is for
    """

    def convert(condition):
        name, _dot, path = condition.field_expr.partition(".")
        operator, value = condition.operator, condition.value
        field = model._fields[name]
        if not field.relational:
            if not path and (is_set := _tests_for_value(operator, value)) is not None:
                return _value_test(name, is_set)
            return condition
        comodel = model.env[field.comodel_name]
        visible = _company_domain(comodel, company)
        if path:
            return Domain(name, "any", visible & within_company(comodel, Domain(path, operator, value), company))
        if operator.rstrip("!") in ("any", "not any"):
            return Domain(name, operator.rstrip("!"), visible & within_company(comodel, Domain(value), company))
        if visible.is_true():
            return condition
        is_set = _tests_for_value(operator, value)
        if is_set is not None:
            return Domain(name, "any" if is_set else "not any", visible)
        if operator in Domain.NEGATIVE_OPERATORS:
            return condition
        return condition & Domain(name, "any", visible)

    return domain.map_conditions(convert)


def _tests_for_value(operator, value):
    """:return: True for "is set", False for "is not set", None for any other test"""
    members = list(value) if isinstance(value, (list, tuple, set, frozenset)) else None
    is_unset = value in UNSET_VALUES if members is None else members != [] and all(v in UNSET_VALUES for v in members)
    if not is_unset or isinstance(value, (int, float)) and not isinstance(value, bool):
        return None
    return {"=": False, "in": False, "!=": True, "not in": True}.get(operator)


def _value_test(name, is_set):
    return Domain.custom(
        to_sql=lambda _model, _alias, _query: SQL("TRUE"),
        predicate=lambda record: has_value(record, name) is is_set,
    )


def _company_domain(comodel, company):
    field = comodel._fields.get("company_id")
    if field is None or not field.store or field.comodel_name != "res.company":
        return Domain.TRUE
    return Domain("company_id", "in", [company.id, False])

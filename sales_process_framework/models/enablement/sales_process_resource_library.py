import json
from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..process.sales_process_exchange import _TextImport

READY_LIBRARY = Path(__file__).parents[2] / "data" / "enablement" / "library.json"


class SalesProcessResourceLibrary(models.AbstractModel):
    """The ready library: a first list of tools, scripts, cases and functions, in three languages."""

    _name = "sales.process.resource.library"
    _description = "Ready library of sales resources"

    def action_load_ready_library(self):
        """Add what is not there yet of the ready library, placed in the stages and actions of running processes."""
        self.check_access("create")
        processes = self.env["sales.process"].search([("state", "!=", "retired")])
        loaded = self._load_library(json.loads(READY_LIBRARY.read_text(encoding="utf-8")), processes)
        if not loaded:
            raise UserError(self.env._("The ready library is there already."))
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_framework.sales_process_resource_action")
        return action

    @api.model
    def _load_library(self, data, processes, company=None):
        """
        :param data: parsed JSON of the ready library
        :param processes: whose stages and requirements the resources are linked to, by key
        :param company: whose library it is; None for all companies
        :return: the new resources
        """
        # English first, the other languages as its translations, whatever the user's language is.
        english = self.with_context(lang="en_US")
        texts = _TextImport(self.env)
        owner = {"company_id": company.id if company else False}
        Category = english.env["sales.process.resource.category"]
        Function = english.env["sales.process.resource.function"]
        categories = self._load_keyed(Category, data["categories"], ("name",), owner, texts)
        functions = self._load_keyed(Function, data["functions"], ("name", "description"), owner, texts)
        known = set(english.with_context(active_test=False).search(self._get_key_domain(owner)).mapped("key"))
        stages, requirements = processes.stage_ids, processes.stage_ids.requirement_ids
        fresh = [entry for entry in data["resources"] if entry["key"] not in known]
        resources = english.create(
            [
                {
                    **owner,
                    "key": entry["key"],
                    "kind": entry["kind"],
                    "sequence": number,
                    "module": entry.get("module"),
                    "vendor": entry.get("vendor"),
                    "category_id": categories[entry["category"]].id if entry.get("category") else False,
                    **{
                        name: texts.default(entry.get(name)) for name in ("name", "purpose", "content", "training_plan")
                    },
                    "process_stage_ids": [
                        Command.set(stages.filtered(lambda stage, e=entry: stage.key in e.get("stages", ())).ids)
                    ],
                    "requirement_ids": [
                        Command.set(
                            requirements.filtered(lambda req, e=entry: req.key in e.get("requirements", ())).ids
                        )
                    ],
                    "rating_ids": [
                        Command.create({"function_id": functions[key].id, "rating": rating})
                        for key, rating in entry.get("ratings", {}).items()
                    ],
                }
                for number, entry in enumerate(fresh, 1)
            ]
        )
        for resource, entry in zip(resources, fresh, strict=True):
            for name in ("name", "purpose", "content", "training_plan"):
                texts.later(resource, name, entry.get(name))
        texts.apply()
        return resources.with_env(self.env)

    @api.model
    def _get_key_domain(self, owner):
        return [("key", "!=", False), ("company_id", "=", owner["company_id"])]

    @api.model
    def _load_keyed(self, model, entries, names, owner, texts):
        """:return: {key: record}, of the same key where there is one"""
        known = {record.key: record for record in model.search(self._get_key_domain(owner))}
        fresh = [entry for entry in entries if entry["key"] not in known]
        records = model.create(
            [
                {
                    **owner,
                    "key": entry["key"],
                    "sequence": 10 * number,
                    **{name: texts.default(entry[name]) for name in names},
                }
                for number, entry in enumerate(fresh, 1)
            ]
        )
        for record, entry in zip(records, fresh, strict=True):
            for name in names:
                texts.later(record, name, entry[name])
            known[record.key] = record
        return known

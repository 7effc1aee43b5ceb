import base64
import binascii
import io
import json
import logging
from pathlib import Path

import psycopg2
import xlsxwriter

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ...tools import exchange

_logger = logging.getLogger(__name__)

READY_TEMPLATES = Path(__file__).parents[2] / "data" / "templates"
POLICY_NUMBERS = ("response_hours", "resolution_days", "at_risk_percent")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SalesProcessExchange(models.Model):
    """A process as one file: export, import, and the ready templates, which are such files."""

    _inherit = "sales.process"

    # ------------------------------------------------------------------
    # Import
    # ------------------------------------------------------------------

    @api.model
    def _get_ready_templates(self):
        """:return: {key: content} of the templates that come with the addon, in a fixed order"""
        order = {"b2b": 0, "b2c": 1, "services": 2, "technology": 3}
        files = sorted(READY_TEMPLATES.glob("*.json"), key=lambda file: (order.get(file.stem, 9), file.stem))
        return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}

    @api.model
    def _import_data(self, data, company=None):
        """Create a draft process from a file's content; nothing is created when anything is wrong with it.

        :param data: parsed JSON, see :mod:`..tools.exchange`
        :return: the draft
        :raise UserError: one sentence that names the place in the file
        """
        try:
            data = exchange.check(data)
        except exchange.ExchangeError as error:
            raise UserError(self.env._("The file cannot be imported: %s.", error)) from error
        except TypeError as error:
            raise UserError(self.env._("The file cannot be imported: something in it has the wrong form.")) from error
        company = company or self.env.company
        try:
            with self.env.cr.savepoint():
                # English first, the other languages as its translations, whatever the user's language is.
                english = self.with_company(company).with_context(lang="en_US")
                return english._create_from_data(data, company).with_env(self.env)
        except UserError as error:
            raise UserError(self.env._("The file cannot be imported: %s", error)) from error
        except psycopg2.IntegrityError as error:
            names = (
                *("sales.process.stage", "sales.process.requirement", "sales.process.role"),
                *("sales.process.department", "sales.process.sla.policy"),
            )
            tables = {self.env[name]._table: self.env[name] for name in names}
            problem = tables.get(error.diag.table_name, self)._sql_error_to_message(error)
            raise UserError(self.env._("The file cannot be imported: %s", problem)) from error
        except (ValueError, TypeError, KeyError, AttributeError, psycopg2.DataError) as error:
            _logger.info("Process file refused", exc_info=True)
            raise UserError(self.env._("The file cannot be imported: something in it has the wrong form.")) from error

    def _create_from_data(self, data, company):
        texts = _TextImport(self.env)
        source = data["process"]
        process = self.create(
            {
                "name": texts.default(source["name"]),
                "description": texts.default(source.get("description")),
                "version": source.get("version") or "1.0",
                "company_id": company.id,
                **{key: source[key] for key in ("enforcement", "skip_rule", "back_rule") if source.get(key)},
            }
        )
        texts.later(process, "name", source["name"])
        texts.later(process, "description", source.get("description"))
        roles = {role["key"]: self._import_role(role, company, texts) for role in data.get("roles") or []}
        support = {line["key"]: self._import_policy(line, company, texts) for line in data.get("support") or []}
        requirements = {}
        for index, stage_data in enumerate(data["stages"], 1):
            stage = self._import_stage(process, stage_data, index, roles, support, texts)
            for number, requirement_data in enumerate(stage_data.get("requirements") or [], 1):
                requirements[requirement_data["key"]] = self._import_requirement(
                    stage, requirement_data, number, roles, support, texts
                )
        self._import_order(data, requirements)
        texts.apply()
        return process

    def _import_role(self, data, company, texts):
        """A role of the same key is used again, so that processes share their roles."""
        Role = self.env["sales.process.role"]
        role = Role.search([("key", "=", data["key"]), ("company_id", "in", [company.id, False])], limit=1)
        if not role:
            role = Role.create({"key": data["key"], "name": texts.default(data["name"]), "kind": data["kind"]})
            texts.later(role, "name", data["name"])
        elif role.name == data["name"]["en_US"]:
            # Made before these languages were installed.
            missing = {
                code: data["name"][code]
                for code in texts.languages & data["name"].keys()
                if role.with_context(lang=code).name == role.name
            }
            texts.later(role, "name", missing)
        return role

    def _import_policy(self, data, company, texts):
        """A service level of the same name and department is used as it is; what is missing is created."""
        Department, Policy = self.env["sales.process.department"], self.env["sales.process.sla.policy"]
        # The company's own stand before what is everybody's.
        known = {"order": "company_id, id"}
        here = Domain("company_id", "in", [company.id, False])
        departments = Department.search(here & Domain("name", "=", data["department"]["en_US"]), **known)
        named = here & Domain("name", "=", data["name"]["en_US"]) & Domain("department_id", "in", departments.ids)
        if policy := Policy.search(named, limit=1, **known):
            return policy
        department = departments[:1]
        if not department:
            department = Department.create({"name": texts.default(data["department"]), "company_id": company.id})
            texts.later(department, "name", data["department"])
        vals = {"name": texts.default(data["name"]), "description": texts.default(data.get("description"))}
        vals |= {name: data[name] for name in POLICY_NUMBERS if name in data}
        policy = Policy.create({**vals, "department_id": department.id})
        texts.later(policy, "name", data["name"])
        texts.later(policy, "description", data.get("description"))
        return policy

    def _import_stage(self, process, data, index, roles, support, texts):
        stage = self.env["sales.process.stage"].create(
            {
                "process_id": process.id,
                "key": data.get("key"),
                "name": texts.default(data["name"]),
                "sequence": index * 10,
                "is_won": bool(data.get("is_won")),
                "role_id": roles[data["role"]].id if data.get("role") else False,
                "time_limit_days": data.get("time_limit_days") or 0,
                "flexible": bool(data.get("flexible")),
                "guidance": texts.default(data.get("guidance")),
                "support_policy_ids": [Command.set([support[key].id for key in data.get("support") or []])],
            }
        )
        texts.later(stage, "name", data["name"])
        texts.later(stage, "guidance", data.get("guidance"))
        return stage

    def _import_requirement(self, stage, data, number, roles, support, texts):
        vals = {
            "process_stage_id": stage.id,
            "key": data["key"],
            "name": texts.default(data["name"]),
            "sequence": number * 10,
            "gate": data.get("gate") or "exit",
            "kind": data.get("kind") or "criterion",
            "judgement": data.get("judgement") or "manual",
            "mandatory": data.get("mandatory", True),
            "allow_na": data.get("allow_na", False),
            "role_id": roles[data["role"]].id if data.get("role") else False,
            "spin_technique": data.get("spin_technique") or False,
            "standard": texts.default(data.get("standard")),
            "script": texts.default(data.get("script")),
            "min_count": data.get("min_count") or 0,
            "max_count": data.get("max_count") or 0,
            "domain": data.get("domain") or False,
            "field_ids": [Command.set(self._find_fields(data.get("fields") or []).ids)],
            "approval_required": data.get("approval_required", False),
            "freshness_days": data.get("freshness_days") or 0,
            "activity_type_id": self._find_activity_type(data.get("activity_type")).id,
            "support_policy_id": support[data["support"]].id if data.get("support") else False,
        }
        requirement = self.env["sales.process.requirement"].create(vals)
        for name in ("name", "standard", "script"):
            texts.later(requirement, name, data.get(name))
        attachments = self.env["ir.attachment"]
        for template in data.get("templates") or []:
            attachments |= self._import_template(template)
        if attachments:
            requirement.template_ids = attachments
        return requirement

    def _find_fields(self, names):
        found = self.env["ir.model.fields"].sudo().search([("model", "=", "crm.lead"), ("name", "in", names)])
        if missing := set(names) - set(found.mapped("name")):
            raise UserError(self.env._("a lead has no field “%s” here", ", ".join(sorted(missing))))
        return found

    def _find_activity_type(self, xmlid):
        if not xmlid:
            return self.env["mail.activity.type"]
        activity_type = self.env.ref(xmlid, raise_if_not_found=False)
        if not activity_type or activity_type._name != "mail.activity.type":
            raise UserError(self.env._("there is no activity type “%s” here", xmlid))
        return activity_type

    def _import_order(self, data, requirements):
        for stage_data in data["stages"]:
            for requirement_data in stage_data.get("requirements") or []:
                if after := requirement_data.get("after"):
                    requirements[requirement_data["key"]].after_ids = [
                        Command.set([requirements[key].id for key in after])
                    ]

    def _import_template(self, data):
        """One attachment, or for a form one spreadsheet in each language that is installed."""
        Attachment = self.env["ir.attachment"]
        if "form" not in data:
            try:
                content = base64.b64decode(data["content"], validate=True)
            except (binascii.Error, TypeError) as error:
                raise UserError(self.env._("the template “%s” is damaged", data["name"]["en_US"])) from error
            return Attachment.create(
                {"name": data.get("filename") or data["name"]["en_US"], "raw": content, "description": False}
            )
        attachments = Attachment
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        for code in [code for code in data["name"] if code in installed] or ["en_US"]:
            attachments |= Attachment.create(
                {
                    "name": f"{data['name'][code]}.xlsx",
                    "raw": self._render_form(data, code),
                    "mimetype": XLSX,
                    # Kept so that an export gives the form again, in every language.
                    "description": json.dumps({"form": data["form"], "name": data["name"], "lang": code}),
                }
            )
        return attachments

    def _render_form(self, data, code):
        """:return: bytes of a spreadsheet with one line to fill in for each entry of the form"""
        output = io.BytesIO()
        with xlsxwriter.Workbook(output, {"in_memory": True}) as workbook:
            title = workbook.add_format({"bold": True, "font_size": 14})
            label = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
            blank = workbook.add_format({"text_wrap": True, "valign": "top", "border": 1})
            sheet = workbook.add_worksheet()
            sheet.set_column(0, 0, 42)
            sheet.set_column(1, 1, 70)
            sheet.write_string(0, 0, data["name"].get(code) or data["name"]["en_US"], title)
            for row, line in enumerate(data["form"], 2):
                sheet.set_row(row, 36)
                sheet.write_string(row, 0, line.get(code) or line["en_US"], label)
                sheet.write_blank(row, 1, None, blank)
        return output.getvalue()

    # ------------------------------------------------------------------
    # Export
    # ------------------------------------------------------------------

    def action_export_json(self):
        self.ensure_one()
        self.check_access("read")
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{self.display_name}.json",
                "raw": json.dumps(self._export_data(), ensure_ascii=False, indent=2).encode(),
                "mimetype": "application/json",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        url = f"/web/content/{attachment.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def _export_data(self):
        """:return: the process as plain data, the inverse of :meth:`_import_data`"""
        self.ensure_one()
        requirements = self.stage_ids.requirement_ids
        keys, taken = {}, set()
        for requirement in requirements.sorted("id"):
            # A requirement duplicated within a process has the key of its original.
            own = requirement.key if requirement.key not in taken else False
            keys[requirement] = own or f"requirement_{requirement.id}"
            taken.add(keys[requirement])
        roles = self.stage_ids.role_id | requirements.role_id
        role_keys = {role: role.key or f"role_{role.id}" for role in roles}
        policies = (self.stage_ids.support_policy_ids | requirements.support_policy_id).sorted("id")
        support_keys = {policy: f"support_{number}" for number, policy in enumerate(policies, 1)}
        return {
            "format": exchange.FORMAT,
            "format_version": exchange.FORMAT_VERSION,
            "process": {
                "name": self._export_text("name"),
                "description": self._export_text("description"),
                "version": self.version,
                "enforcement": self.enforcement,
                "skip_rule": self.skip_rule,
                "back_rule": self.back_rule,
            },
            "roles": [
                {"key": role_keys[role], "name": self._export_text("name", role), "kind": role.kind} for role in roles
            ],
            "support": [self._export_policy(policy, key) for policy, key in support_keys.items()],
            "stages": [self._export_stage(stage, keys, role_keys, support_keys) for stage in self.stage_ids],
        }

    def _export_policy(self, policy, key):
        return {
            "key": key,
            "name": self._export_text("name", policy),
            "department": self._export_text("name", policy.department_id),
            "description": self._export_text("description", policy),
            **{name: policy[name] for name in POLICY_NUMBERS},
        }

    def _export_stage(self, stage, keys, role_keys, support_keys):
        return {
            "key": stage.key or f"stage_{stage.id}",
            "name": self._export_text("name", stage),
            "is_won": stage.is_won,
            "role": role_keys.get(stage.role_id),
            "time_limit_days": stage.time_limit_days,
            "flexible": stage.flexible,
            "guidance": self._export_text("guidance", stage),
            "support": [support_keys[policy] for policy in stage.support_policy_ids.sorted("id")],
            "requirements": [
                self._export_requirement(requirement, keys, role_keys, support_keys)
                for requirement in stage.requirement_ids.sorted(lambda req: (req.sequence, req.id))
            ],
        }

    def _export_requirement(self, requirement, keys, role_keys, support_keys):
        activity_type = requirement.activity_type_id
        return {
            "key": keys[requirement],
            "gate": requirement.gate,
            "kind": requirement.kind,
            "judgement": requirement.judgement,
            "name": self._export_text("name", requirement),
            "standard": self._export_text("standard", requirement),
            "script": self._export_text("script", requirement),
            "spin_technique": requirement.spin_technique or None,
            "min_count": requirement.min_count,
            "max_count": requirement.max_count,
            "mandatory": requirement.mandatory,
            "allow_na": requirement.allow_na,
            "role": role_keys.get(requirement.role_id),
            "after": [keys[after] for after in requirement.after_ids],
            "domain": requirement.domain or None,
            "fields": requirement.sudo().field_ids.mapped("name"),
            "activity_type": activity_type.get_external_id()[activity_type.id] or None if activity_type else None,
            "support": support_keys.get(requirement.support_policy_id),
            "approval_required": requirement.approval_required,
            "freshness_days": requirement.freshness_days,
            "templates": self._export_templates(requirement),
        }

    def _export_text(self, name, record=None):
        """:return: {language: text} for every language that has its own, None when empty"""
        record = self if record is None else record
        english = record.with_context(lang="en_US")[name]
        if not english:
            return None
        texts = {"en_US": str(english)}
        for code, _label in self.env["res.lang"].get_installed():
            translated = record.with_context(lang=code)[name]
            if translated and str(translated) != texts["en_US"]:
                texts[code] = str(translated)
        return texts

    def _export_templates(self, requirement):
        exported, seen = [], set()
        for attachment in requirement.template_ids:
            if attachment._get_process_form_language():
                form = json.loads(attachment.description)
                mark = json.dumps(form["name"], sort_keys=True)
                if mark not in seen:
                    seen.add(mark)
                    exported.append({"name": form["name"], "form": form["form"]})
            else:
                exported.append(
                    {
                        "name": {"en_US": attachment.name},
                        "filename": attachment.name,
                        "content": base64.b64encode(attachment.raw or b"").decode(),
                    }
                )
        return exported


class _TextImport:
    """Collects texts by language, and writes the translations once every record exists."""

    def __init__(self, env):
        self.languages = {code for code, _name in env["res.lang"].get_installed()} - {"en_US"}
        self.pending = []

    @staticmethod
    def default(texts):
        return texts["en_US"] if texts else False

    def later(self, record, name, texts):
        if texts:
            self.pending.append((record, name, texts))

    def apply(self):
        for record, name, texts in self.pending:
            codes = self.languages & texts.keys()
            field = record._fields[name]
            if callable(field.translate):
                for code in codes:
                    self._translate_terms(record, field, code, texts)
            elif codes:
                record.update_field_translations(name, {code: texts[code] for code in codes})

    @staticmethod
    def _translate_terms(record, field, code, texts):
        """Html is translated term by term; both languages have to be built alike."""
        source = field.get_trans_terms(record[field.name])
        target = field.get_trans_terms(field.convert_to_column(texts[code], record))
        if len(source) == len(target):
            record.update_field_translations(field.name, {code: dict(zip(source, target, strict=True))})

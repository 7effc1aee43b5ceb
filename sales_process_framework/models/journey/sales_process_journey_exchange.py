import json
import logging
from pathlib import Path

import psycopg2

from odoo import Command, api, models
from odoo.exceptions import UserError

from ...tools import journey_exchange
from ..process.sales_process_exchange import _TextImport

_logger = logging.getLogger(__name__)

READY_JOURNEYS = Path(__file__).parents[2] / "data" / "journeys"

JOURNEY_TEXTS = ("name", "description")
PERSONA_TEXTS = ("name", "segment", "goals", "pains", "information_channels")
PHASE_TEXTS = ("name", "need", "pain", "information_channels")
TOUCHPOINT_TEXTS = ("name", "need", "pain", "action", "script", "deliverable")
TOUCHPOINT_VALUES = (
    "importance",
    "urgency",
    "response_time",
    "response_unit",
    "clock_start",
    "direction",
    "match_source",
    "match_text",
)


class SalesProcessJourneyExchange(models.Model):
    """A journey as one file: export, import, and the ready templates, which are such files."""

    _inherit = "sales.process.journey"

    # ------------------------------------------------------------------
    # Import
    # ------------------------------------------------------------------

    @api.model
    def _get_ready_journeys(self):
        """:return: {key: content} of the templates that come with the addon, in a fixed order"""
        files = sorted(READY_JOURNEYS.glob("*.json"))
        return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}

    @api.model
    def _import_data(self, data, company=None, process=None):
        """Create a draft journey from a file's content; nothing is created when anything is wrong with it.

        :param data: parsed JSON, see :mod:`..tools.journey_exchange`
        :param process: the process whose stages and requirements the phases and touchpoints are linked to by key
        :return: the draft
        :raise UserError: one sentence that names the place in the file
        """
        try:
            data = journey_exchange.check(data)
        except journey_exchange.ExchangeError as error:
            raise UserError(self.env._("The file cannot be imported: %s.", error)) from error
        except TypeError as error:
            raise UserError(self.env._("The file cannot be imported: something in it has the wrong form.")) from error
        company = company or self.env.company
        process = process or self.env["sales.process"]
        segment = data["journey"].get("segment") or {}
        segment = segment.get(self.env.lang) or segment.get("en_US")
        try:
            with self.env.cr.savepoint():
                # English first, the other languages as its translations, whatever the user's language is.
                english = self.with_company(company).with_context(lang="en_US")
                journey = english._create_from_data(data, company, process.with_env(english.env), segment)
                return journey.with_env(self.env)
        except UserError as error:
            raise UserError(self.env._("The file cannot be imported: %s", error)) from error
        except psycopg2.IntegrityError as error:
            names = ("persona", "channel", "journey.phase", "touchpoint", "role")
            tables = {self.env[f"sales.process.{name}"]._table: self.env[f"sales.process.{name}"] for name in names}
            problem = tables.get(error.diag.table_name, self)._sql_error_to_message(error)
            raise UserError(self.env._("The file cannot be imported: %s", problem)) from error
        except (ValueError, TypeError, KeyError, AttributeError, psycopg2.DataError) as error:
            _logger.info("Journey file refused", exc_info=True)
            raise UserError(self.env._("The file cannot be imported: something in it has the wrong form.")) from error

    def _create_from_data(self, data, company, process, segment):
        texts = _TextImport(self.env)
        source = data["journey"]
        roles = {
            role["key"]: self.env["sales.process"]._import_role(role, company, texts)
            for role in data.get("roles") or []
        }
        channels = {channel["key"]: self._import_channel(channel, texts) for channel in data.get("channels") or []}
        personas = self.env["sales.process.persona"]
        for persona in data.get("personas") or []:
            personas |= self._import_persona(persona, company, texts)
        journey = self.create(
            {
                **self._prepare_texts(source, JOURNEY_TEXTS, texts),
                "key": source.get("key"),
                "segment": segment,
                "company_id": company.id,
                "persona_ids": [Command.set(personas.ids)],
                "process_ids": [Command.set(process.ids)],
            }
        )
        self._import_later(journey, source, JOURNEY_TEXTS, texts)
        requirements = {requirement.key: requirement.id for requirement in process.stage_ids.requirement_ids}
        stages_of_phase = {}
        for index, phase_data in enumerate(data["phases"], 1):
            phase = self.env["sales.process.journey.phase"].create(
                {
                    **self._prepare_texts(phase_data, PHASE_TEXTS, texts),
                    "journey_id": journey.id,
                    "sequence": index * 10,
                    "kind": phase_data["kind"],
                    "days_without_contact": phase_data.get("days_without_contact") or 0,
                    "days_without_order": phase_data.get("days_without_order") or 0,
                }
            )
            self._import_later(phase, phase_data, PHASE_TEXTS, texts)
            stages_of_phase[phase] = set(phase_data.get("stages") or [])
            self._import_touchpoints(phase, phase_data, roles, channels, requirements, texts)
        journey._link_stages(process, stages_of_phase)
        texts.apply()
        return journey

    def _import_touchpoints(self, phase, phase_data, roles, channels, requirements, texts):
        rows = phase_data.get("touchpoints") or []
        touchpoints = self.env["sales.process.touchpoint"].create(
            [
                self._prepare_touchpoint_vals(phase, row, number, roles, channels, requirements, texts)
                for number, row in enumerate(rows, 1)
            ]
        )
        for touchpoint, row in zip(touchpoints, rows, strict=True):
            self._import_later(touchpoint, row, TOUCHPOINT_TEXTS, texts)

    def _prepare_touchpoint_vals(self, phase, data, number, roles, channels, requirements, texts):
        vals = {
            **self._prepare_texts(data, TOUCHPOINT_TEXTS, texts),
            **{name: data[name] for name in TOUCHPOINT_VALUES if data.get(name) is not None},
            "phase_id": phase.id,
            "key": data["key"],
            "sequence": number * 10,
            "role_id": roles[data["role"]].id if data.get("role") else False,
            "channel_id": channels[data["channel"]].id if data.get("channel") else False,
            "match_activity_type_id": self.env["sales.process"]._find_activity_type(data.get("match_activity_type")).id,
            # Only what the chosen process has; a journey can be drawn before its process is.
            "requirement_ids": [
                Command.set([requirements[key] for key in data.get("requirements") or [] if key in requirements])
            ],
        }
        if data.get("channel_kind"):
            vals["channel_kind"] = data["channel_kind"]
        return vals

    def _import_channel(self, data, texts):
        """Channels are shared: one of the same key is used again, also when it is archived."""
        Channel = self.env["sales.process.channel"].with_context(active_test=False)
        channel = Channel.search([("key", "=", data["key"])], limit=1)
        if not channel:
            channel = Channel.create({"key": data["key"], "name": texts.default(data["name"]), "kind": data["kind"]})
            texts.later(channel, "name", data["name"])
        return channel

    def _import_persona(self, data, company, texts):
        """A persona of the same key is used again, so that journeys share their personas."""
        Persona = self.env["sales.process.persona"]
        persona = Persona.search([("key", "=", data["key"]), ("company_id", "in", [company.id, False])], limit=1)
        if not persona:
            persona = Persona.create(
                {
                    **self._prepare_texts(data, PERSONA_TEXTS, texts),
                    "key": data["key"],
                    "company_id": company.id,
                    "decision_role": data.get("decision_role") or False,
                }
            )
            self._import_later(persona, data, PERSONA_TEXTS, texts)
        return persona

    @staticmethod
    def _prepare_texts(data, names, texts):
        return {name: texts.default(data.get(name)) for name in names}

    @staticmethod
    def _import_later(record, data, names, texts):
        for name in names:
            texts.later(record, name, data.get(name))

    # ------------------------------------------------------------------
    # Export
    # ------------------------------------------------------------------

    def action_export_json(self):
        return self._get_download_action("json")

    def action_export_xlsx(self):
        return self._get_download_action("xlsx")

    def _get_download_action(self, extension):
        self.ensure_one()
        self.check_access("read")
        url = f"/sales_process/journey/{self.id}/{extension}"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def _export_data(self):
        """:return: the journey as plain data, the inverse of :meth:`_import_data`"""
        self.ensure_one()
        roles = self.touchpoint_ids.role_id
        channels = self.touchpoint_ids.channel_id
        keys = {record: record.key or f"{record._table}_{record.id}" for record in [*roles, *channels]}
        texts = self._export_texts
        segment = self.segment and {"en_US": self.segment}
        return {
            "format": journey_exchange.FORMAT,
            "format_version": journey_exchange.FORMAT_VERSION,
            "journey": {"key": self.key or None, **texts(self, JOURNEY_TEXTS), "segment": segment or None},
            "roles": [{"key": keys[role], **texts(role, ["name"]), "kind": role.kind} for role in roles],
            "personas": [
                {
                    "key": persona.key or f"persona_{persona.id}",
                    **texts(persona, PERSONA_TEXTS),
                    "decision_role": persona.decision_role or None,
                }
                for persona in self.persona_ids
            ],
            "channels": [
                {"key": keys[channel], **texts(channel, ["name"]), "kind": channel.kind} for channel in channels
            ],
            "phases": [self._export_phase(phase, keys) for phase in self.phase_ids],
        }

    def _export_phase(self, phase, keys):
        return {
            "kind": phase.kind,
            **self._export_texts(phase, PHASE_TEXTS),
            # Versions of one process have stages of the same key.
            "stages": sorted({stage.key or f"stage_{stage.id}" for stage in phase.process_stage_ids}),
            "days_without_contact": phase.days_without_contact,
            "days_without_order": phase.days_without_order,
            "touchpoints": [self._export_touchpoint(touchpoint, keys) for touchpoint in phase.touchpoint_ids],
        }

    def _export_touchpoint(self, touchpoint, keys):
        twins = touchpoint.journey_id.touchpoint_ids.filtered(
            lambda other: other.key == touchpoint.key and other.id < touchpoint.id
        )
        activity_type = touchpoint.match_activity_type_id
        return {
            # A touchpoint duplicated within a journey has the key of its original.
            "key": touchpoint.key if touchpoint.key and not twins else f"touchpoint_{touchpoint.id}",
            **self._export_texts(touchpoint, TOUCHPOINT_TEXTS),
            "channel_kind": touchpoint.channel_kind,
            "channel": keys.get(touchpoint.channel_id),
            "role": keys.get(touchpoint.role_id),
            **{name: touchpoint[name] or None for name in TOUCHPOINT_VALUES if name != "response_time"},
            "response_time": touchpoint.response_time,
            "match_activity_type": activity_type.get_external_id()[activity_type.id] or None if activity_type else None,
            "requirements": sorted({requirement.key for requirement in touchpoint.requirement_ids if requirement.key}),
        }

    def _export_texts(self, record, names):
        return {name: self.env["sales.process"]._export_text(name, record) for name in names}

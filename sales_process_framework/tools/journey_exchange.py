"""Checking a journey file before anything of it reaches the database.

The format is the same for exported journeys and for the ready templates that come with the addon:
``{"format", "format_version", "journey": {…}, "roles": […], "personas": […], "channels": […],
"phases": [{…, "stages": [keys], "touchpoints": [{…, "role": key, "channel": key, "requirements": [keys]}]}]}``, texts
as objects by language code with ``en_US`` always there.
"""

from __future__ import annotations

from collections.abc import Mapping

from .exchange import ExchangeError, _check_roles, _choice, _expect, _key, _list, _number, _object, _reference, _text
from .journey import HIGHEST, LOWEST

__all__ = ["CHOICES", "FORMAT", "FORMAT_VERSION", "ExchangeError", "check"]

FORMAT = "sales_process_framework.journey"
FORMAT_VERSION = 1

CHOICES = {
    "phase kind": ("awareness", "interest", "evaluation", "decision", "use", "repurchase", "churn"),
    "channel_kind": ("online", "offline", "internal"),
    "decision_role": ("user", "influencer", "decider", "buyer", "gatekeeper", "champion"),
    "response_unit": ("minutes", "hours", "days"),
    "clock_start": ("none", "lead_created", "incoming"),
    "direction": ("customer", "us"),
    "match_source": (
        *("none", "email_in", "email_out", "call", "activity", "meeting", "web_form", "livechat", "note"),
    ),
}


def check(data: object) -> Mapping:
    """Return the file's content if it can be imported.

    :raise ExchangeError: names the place, such as ``phases[2].touchpoints[0].urgency``
    """
    _expect(isinstance(data, dict), "", "is not a journey file")
    _expect(data.get("format") == FORMAT, "format", "is not a journey file of this product")
    version = data.get("format_version")
    _expect(isinstance(version, int), "format_version", "is missing or not a number")
    _expect(version <= FORMAT_VERSION, "format_version", "was written by a newer version of this product")
    journey = _object(data, "journey", "")
    _text(journey, "name", "journey")
    for name in ("description", "segment"):
        _text(journey, name, "journey", required=False)
    roles = _check_roles(data)
    _check_personas(data)
    channels = _check_channels(data)
    phases = _list(data, "phases", "")
    _expect(bool(phases), "phases", "lists no phase")
    keys: set[str] = set()
    for index, phase in enumerate(phases):
        _check_phase(phase, f"phases[{index}]", roles, channels, keys)
    return data


def _check_personas(data):
    known = set()
    for index, persona in enumerate(_list(data, "personas", "", required=False)):
        where = f"personas[{index}]"
        _expect(isinstance(persona, dict), where, "is not an object")
        known.add(_key(persona, where, known))
        _text(persona, "name", where)
        for name in ("segment", "goals", "pains", "information_channels"):
            _text(persona, name, where, required=False)
        _choice(persona, "decision_role", where, CHOICES["decision_role"])


def _check_channels(data):
    known = set()
    for index, channel in enumerate(_list(data, "channels", "", required=False)):
        where = f"channels[{index}]"
        _expect(isinstance(channel, dict), where, "is not an object")
        known.add(_key(channel, where, known))
        _text(channel, "name", where)
        _choice(channel, "kind", where, CHOICES["channel_kind"], required=True)
    return known


def _check_phase(phase, where, roles, channels, keys):
    _expect(isinstance(phase, dict), where, "is not an object")
    _text(phase, "name", where)
    _choice(phase, "kind", where, CHOICES["phase kind"], required=True)
    for name in ("need", "pain", "information_channels"):
        _text(phase, name, where, required=False)
    for name in ("days_without_contact", "days_without_order"):
        _number(phase, name, where, whole=True)
    _check_names(phase, "stages", where)
    for index, touchpoint in enumerate(_list(phase, "touchpoints", where, required=False)):
        _check_touchpoint(touchpoint, f"{where}.touchpoints[{index}]", roles, channels, keys)


def _check_touchpoint(touchpoint, where, roles, channels, keys):
    _expect(isinstance(touchpoint, dict), where, "is not an object")
    keys.add(_key(touchpoint, where, keys))
    _text(touchpoint, "name", where)
    for name in ("need", "pain", "action", "script", "deliverable"):
        _text(touchpoint, name, where, required=False)
    for name in ("channel_kind", "response_unit", "clock_start", "direction", "match_source"):
        _choice(touchpoint, name, where, CHOICES[name])
    for name in ("importance", "urgency"):
        value = touchpoint.get(name, LOWEST)
        rated = isinstance(value, int) and not isinstance(value, bool) and LOWEST <= value <= HIGHEST
        _expect(rated, f"{where}.{name}", f"is not a number from {LOWEST} to {HIGHEST}")
    _number(touchpoint, "response_time", where)
    for name in ("match_activity_type", "match_text"):
        value = touchpoint.get(name)
        _expect(value is None or isinstance(value, str), f"{where}.{name}", "is not a text")
    _reference(touchpoint, "role", where, roles)
    channel = touchpoint.get("channel")
    _expect(channel is None or channel in channels, f"{where}.channel", f"names the unknown channel “{channel}”")
    _check_names(touchpoint, "requirements", where)


def _check_names(data, name, where):
    names = _list(data, name, where, required=False)
    _expect(all(isinstance(key, str) for key in names), f"{where}.{name}", "lists something that is not a key")

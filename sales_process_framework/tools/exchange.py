"""Checking a process file before anything of it reaches the database.

The format is the same for exported processes and for the ready templates that come with the addon:
``{"format", "format_version", "process": {…}, "roles": […], "support": […], "stages": [{…, "requirements": […]}]}``,
texts as objects by language code with ``en_US`` always there. ``support`` lists what is asked of departments.
"""

from __future__ import annotations

from collections.abc import Mapping

FORMAT = "sales_process_framework.process"
FORMAT_VERSION = 1

CHOICES = {
    "enforcement": ("block", "warn", "off"),
    "skip_rule": ("free", "gates", "forbid"),
    "back_rule": ("free", "forbid"),
    "gate": ("entry", "exit"),
    "kind": ("criterion", "action", "deliverable"),
    "spin_technique": ("situation", "problem", "implication", "need_payoff"),
    "role kind": ("salesperson", "team_leader", "sales_manager", "users"),
}


class ExchangeError(ValueError):
    """The file cannot be taken; the message says where and why, in English for the caller to show."""


def check(data: object) -> Mapping:
    """Return the file's content if it can be imported.

    :raise ExchangeError: names the place, such as ``stages[2].requirements[0].gate``
    """
    _expect(isinstance(data, dict), "", "is not a process file")
    _expect(data.get("format") == FORMAT, "format", "is not a process file of this product")
    _expect(
        isinstance(data.get("format_version"), int) and data["format_version"] <= FORMAT_VERSION,
        "format_version",
        "was written by a newer version of this product",
    )
    process = _object(data, "process", "")
    _text(process, "name", "process")
    for key in ("enforcement", "skip_rule", "back_rule"):
        _choice(process, key, "process", CHOICES[key])
    roles = _check_roles(data)
    support = _check_support(data)
    stages = _list(data, "stages", "")
    _expect(bool(stages), "stages", "lists no stage")
    requirement_keys: dict[str, tuple[str, ...]] = {}
    for index, stage in enumerate(stages):
        _check_stage(stage, f"stages[{index}]", roles, support, requirement_keys)
    _check_after(stages, requirement_keys)
    return data


def _check_roles(data):
    roles = set()
    for index, role in enumerate(_list(data, "roles", "", required=False)):
        where = f"roles[{index}]"
        _expect(isinstance(role, dict), where, "is not an object")
        roles.add(_key(role, where, roles))
        _text(role, "name", where)
        _choice(role, "kind", where, CHOICES["role kind"], required=True)
    return roles


def _check_support(data):
    known = set()
    for index, policy in enumerate(_list(data, "support", "", required=False)):
        where = f"support[{index}]"
        _expect(isinstance(policy, dict), where, "is not an object")
        known.add(_key(policy, where, known))
        _text(policy, "name", where)
        _text(policy, "department", where)
        _text(policy, "description", where, required=False)
        for name in ("response_hours", "resolution_days"):
            _number(policy, name, where)
        _number(policy, "at_risk_percent", where, whole=True)
        _expect(policy.get("resolution_days", 1) > 0, f"{where}.resolution_days", "is not above 0")
        _expect(0 < policy.get("at_risk_percent", 1) <= 100, f"{where}.at_risk_percent", "is not within 1 and 100")
    return known


def _check_stage(stage, where, roles, support, requirement_keys):
    _expect(isinstance(stage, dict), where, "is not an object")
    _text(stage, "name", where)
    _number(stage, "time_limit_days", where)
    _reference(stage, "role", where, roles)
    _text(stage, "guidance", where, required=False)
    for number, name in enumerate(_list(stage, "support", where, required=False)):
        _expect(name in support, f"{where}.support[{number}]", f"names the unknown support “{name}”")
    for index, requirement in enumerate(_list(stage, "requirements", where, required=False)):
        _check_requirement(requirement, f"{where}.requirements[{index}]", roles, support, requirement_keys)


def _check_requirement(requirement, where, roles, support, requirement_keys):
    _expect(isinstance(requirement, dict), where, "is not an object")
    key = _key(requirement, where, requirement_keys)
    after = _list(requirement, "after", where, required=False)
    _expect(all(isinstance(name, str) for name in after), f"{where}.after", "lists something that is not a key")
    requirement_keys[key] = tuple(after)
    _text(requirement, "name", where)
    for name in ("standard", "script"):
        _text(requirement, name, where, required=False)
    for name in ("gate", "kind", "spin_technique"):
        _choice(requirement, name, where, CHOICES[name])
    for name in ("min_count", "max_count", "freshness_days"):
        _number(requirement, name, where, whole=True)
    for name in ("mandatory", "allow_na", "approval_required"):
        _expect(isinstance(requirement.get(name, False), bool), f"{where}.{name}", "is neither true nor false")
    for name in ("judgement", "domain", "activity_type"):
        value = requirement.get(name)
        _expect(value is None or isinstance(value, str), f"{where}.{name}", "is not a text")
    names = _list(requirement, "fields", where, required=False)
    _expect(all(isinstance(name, str) for name in names), f"{where}.fields", "lists something that is no field name")
    _reference(requirement, "role", where, roles)
    _reference(requirement, "support", where, support)
    for index, template in enumerate(_list(requirement, "templates", where, required=False)):
        place = f"{where}.templates[{index}]"
        _expect(isinstance(template, dict), place, "is not an object")
        _text(template, "name", place)
        _expect("form" in template or "content" in template, place, "has neither form nor content")


def _check_after(stages, requirement_keys):
    for index, stage in enumerate(stages):
        for number, requirement in enumerate(stage.get("requirements") or []):
            where = f"stages[{index}].requirements[{number}].after"
            for name in requirement.get("after") or []:
                _expect(name in requirement_keys, where, f"names the unknown requirement “{name}”")
    state: dict[str, str] = {}

    def visit(key):
        _expect(state.get(key) != "open", "after", f"leads in a circle through “{key}”")
        if state.get(key) == "closed":
            return
        state[key] = "open"
        for name in requirement_keys[key]:
            visit(name)
        state[key] = "closed"

    for key in requirement_keys:
        visit(key)


def _expect(condition, where, problem):
    if not condition:
        raise ExchangeError(f"{where or 'The file'} {problem}")


def _object(data, name, where):
    value = data.get(name)
    _expect(isinstance(value, dict), f"{where}.{name}".strip("."), "is missing or not an object")
    return value


def _list(data, name, where, required=True):
    value = data.get(name)
    place = f"{where}.{name}".strip(".")
    if value is None and not required:
        return []
    _expect(isinstance(value, list), place, "is missing or not a list")
    return value


def _text(data, name, where, required=True):
    value = data.get(name)
    place = f"{where}.{name}".strip(".")
    if not value and not required:
        return
    _expect(isinstance(value, dict), place, "is missing or not a text by language")
    _expect(isinstance(value.get("en_US"), str) and value["en_US"].strip(), place, "has no text for en_US")
    _expect(all(isinstance(text, str) for text in value.values()), place, "holds something that is not a text")


def _choice(data, name, where, allowed, required=False):
    value = data.get(name)
    if value is None and not required:
        return
    _expect(value in allowed, f"{where}.{name}", f"is “{value}”, not one of {', '.join(allowed)}")


def _number(data, name, where, whole=False):
    value = data.get(name, 0)
    kinds = (int,) if whole else (int, float)
    valid = isinstance(value, kinds) and not isinstance(value, bool) and value >= 0
    _expect(valid, f"{where}.{name}", "is not a number of 0 or more")


def _key(data, where, known):
    key = data.get("key")
    _expect(isinstance(key, str) and key.strip(), f"{where}.key", "is missing")
    _expect(key not in known, f"{where}.key", f"“{key}” stands twice")
    return key


def _reference(data, name, where, known):
    value = data.get(name)
    _expect(value is None or value in known, f"{where}.{name}", f"names the unknown {name} “{value}”")

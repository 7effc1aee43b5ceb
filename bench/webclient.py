"""What Odoo's web client sends: read specifications made from a view, contexts, the kanban's calls.

The rules are those of the client's relational model (`getFieldsSpec`, `getAggregateSpecifications`).
"""

from lxml import etree

from odoo.addons.mail.tools.discuss import Store

#: Fields that widgets ask for besides what the view names (`fieldDependencies` in their JavaScript).
DEPENDENCIES = {
    "kanban_activity": (
        "activity_exception_decoration",
        "activity_exception_icon",
        "activity_state",
        "activity_summary",
        "activity_type_icon",
        "activity_type_id",
    ),
    "rotting_statusbar_duration": ("duration_tracking", "rotting_days"),
    "sales_process_card": (
        "sales_gate_state",
        "sales_gate_progress",
        "sales_stage_entered",
        "sales_stage_deadline",
    ),
    "sales_process_stage_time": ("sales_stage_entered",),
}
DEPENDENCIES["list_activity"] = DEPENDENCIES["kanban_activity"]
TAGS = ("many2many_tags", "many2many_tags_email", "many2many_avatar_user")
PAGE = 80  # the limit of a window action, and so of a column
SUBVIEW_PAGE = 40
CHATTER = ("activities", "attachments", "contact_fields", "followers", "scheduledMessages", "suggestedRecipients")
MESSAGES = 30


def context(user, **action):
    """The context of every call of a signed-in user."""
    return {
        "lang": user.lang or "en_US",
        "tz": user.tz or "UTC",
        "uid": user.id,
        "allowed_company_ids": user.company_ids.ids,
        **action,
    }


def pipeline_context(user):
    return context(user, default_type="opportunity", show_user_team_stages=1)


class View:
    """A view of leads as one user gets it."""

    def __init__(self, env, kind, xmlid):
        self.arch = etree.fromstring(env["crm.lead"].get_view(env.ref(xmlid).id, kind)["arch"])
        self.specification = _specify(env["crm.lead"], self.arch)

    @property
    def progress_bar(self):
        """The argument of `read_progress_bar`."""
        node = self.arch.find(".//progressbar")
        colors = dict(part.split(":") for part in node.get("colors").strip("{} ").replace('"', "").split(","))
        colors = {key.strip(): value.strip() for key, value in colors.items()}
        return {"field": node.get("field"), "colors": colors, "help": node.get("help")}

    def get_aggregates(self, model):
        """What a column's head sums up."""
        field = model._fields[self.arch.find(".//progressbar").get("sum_field")]
        currency = field.get_currency_field(model)
        return [f"{field.name}:sum", f"{currency}:array_agg_distinct", f"{field.name}:sum_currency"]


def open_columns(leads, view, domain):
    """The call that fills the pipeline: columns with their sums, and the records of the open ones."""
    return leads.with_context(read_group_expand=True).web_read_group(
        domain,
        ["stage_id"],
        view.get_aggregates(leads),
        offset=0,
        order="",
        auto_unfold=True,
        opening_info=[],
        unfold_read_specification=view.specification,
        unfold_read_default_limit=PAGE,
        groupby_read_specification={},
    )


def open_statusbar(lead):
    """The stages that the bar above a form shows."""
    teams = ["|", ("team_ids", "=", False), ("team_ids", "in", lead.team_id.ids)]
    return lead.env["crm.stage"].search_read(teams, ["display_name", "fold"])


def open_chatter(lead):
    """What is beside the record, as `/mail/data` gives it."""
    return Store().add(lead, request_list=list(CHATTER), as_thread=True).get_result()


def open_messages(lead):
    """As `/mail/thread/messages`."""
    messages = lead.env["mail.message"]._message_fetch(domain=None, thread=lead, limit=MESSAGES)["messages"]
    return Store().add(messages).get_result()


def _specify(model, arch):
    specification = {}
    for node in _get_fields(arch):
        name = node.get("name")
        if name in model._fields:
            specification[name] = _specify_field(model, node) | specification.get(name, {})
        for other in DEPENDENCIES.get(node.get("widget"), ()):
            specification.setdefault(other, {})
    for node in arch.iter("widget"):
        for name in DEPENDENCIES.get(node.get("name"), ()):
            specification.setdefault(name, {})
    for name in list(specification):
        field = model._fields[name]
        if field.type == "properties" and field.definition_record in specification:
            specification[field.definition_record].setdefault("fields", {})["display_name"] = {}
    return specification


def _get_fields(arch):
    """Field nodes of a view, not of the views embedded in it."""
    for node in arch.iter("field"):
        parents = list(node.iterancestors())
        if not any(parent.tag == "field" for parent in parents[: parents.index(arch)]):
            yield node


def _specify_field(model, node):
    field = model._fields[node.get("name")]
    invisible = node.get("invisible") in ("True", "1")
    if field.type in ("many2one", "reference"):
        return {"fields": {} if invisible else {"display_name": {}}}
    if field.type not in ("one2many", "many2many") or invisible:
        return {}
    embedded = next(iter(node.xpath("./list | ./kanban")), None)
    if embedded is not None:
        return {"fields": _specify(model.env[field.comodel_name], embedded), "limit": SUBVIEW_PAGE}
    if node.get("widget") in TAGS:
        color = {"color": {}} if "color" in model.env[field.comodel_name]._fields else {}
        return {"fields": {"display_name": {}, **color}, "limit": SUBVIEW_PAGE}
    return {}

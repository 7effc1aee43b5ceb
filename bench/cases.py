"""What is measured: one function a case.

A case gets a :class:`~bench.worker.Client` and gives the requests of one round, each a function
``(env, round)`` that a worker calls in a transaction of its own, as Odoo does with each HTTP request.
"""

from collections.abc import Callable
from dataclasses import dataclass

from odoo.tools import SQL

from . import dataset, webclient

KANBAN = ("kanban", "crm.crm_case_kanban_view_leads")
FORM = ("form", "crm.crm_lead_view_form")
OPPORTUNITIES = [("type", "=", "opportunity")]


@dataclass(frozen=True)
class Case:
    name: str
    title: str
    prepare: Callable
    login: str
    rounds: int  # 0: only its queries are of interest
    limit: float  # of the time of plain Odoo
    extra_queries: int | None  # beyond those of plain Odoo


@dataclass(frozen=True)
class Flat:
    """Two cases whose queries beyond plain Odoo's have to be the same."""

    name: str
    title: str
    few: str
    many: str


CASES: dict[str, Case] = {}
FLAT = (
    Flat("flat_move", "moving: queries do not grow with the leads", "move_50", "move_many"),
    Flat("flat_create", "creating: queries do not grow with the leads", "create_50", "create_many"),
    Flat("flat_timeline", "customer journey: queries do not grow with the touches", "timeline_5", "timeline_200"),
)


def case(title, limit=None, rounds=5, extra_queries=None, login=dataset.REP):
    def register(prepare):
        CASES[prepare.__name__] = Case(prepare.__name__, title, prepare, login, rounds, limit, extra_queries)
        return prepare

    return register


# -- moving ----------------------------------------------------------------------
@case("move 1 lead: drag in the pipeline", limit=1.3, extra_queries=6, rounds=30)
def move_drag(client):
    view, moves = client.view(*KANBAN), client.moves(1)
    return [lambda env, n: env["crm.lead"].browse(moves[n][0]).web_save({"stage_id": moves[n][1]}, view.specification)]


@case("move 1 lead: bare write", limit=1.3, extra_queries=6, rounds=30)
def move_one(client):
    return [_write(client.moves(1))]


@case("move {many} leads", limit=1.5, login=dataset.LEADER)
def move_many(client):
    return [_write(client.moves(client.many))]


@case("move 50 leads", rounds=0, login=dataset.LEADER)
def move_50(client):
    return [_write(client.moves(50))]


def _write(moves):
    return lambda env, n: env["crm.lead"].browse(moves[n][0]).write({"stage_id": moves[n][1]})


# -- reading ---------------------------------------------------------------------
@case("open the pipeline: own leads", limit=1.15, rounds=15)
def open_pipeline(client):
    return _open(client, [*OPPORTUNITIES, ("user_id", "=", client.uid)])


@case("open the pipeline: everybody's leads", limit=1.15, login=dataset.LEADER)
def open_everything(client):
    return _open(client, OPPORTUNITIES)


def _open(client, domain):
    view = client.view(*KANBAN)
    return [
        lambda env, n: webclient.open_columns(env["crm.lead"], view, domain),
        lambda env, n: env["crm.lead"].read_progress_bar(domain, "stage_id", view.progress_bar),
    ]


@case("open a form", limit=1.5, rounds=30)
def open_form(client):
    """The record alone, and with the addon its panel."""
    view, on_lead = client.view(*FORM), _visit_leads(client)
    requests = [on_lead(lambda lead: lead.web_read(view.specification))]
    if client.has_addon:
        requests.append(on_lead(lambda lead: lead.get_sales_process_panel()))
    return requests


@case("open a form: with its status bar and chatter", limit=1.5, rounds=30)
def open_form_whole(client):
    """All that the web client asks for when a person opens a form."""
    parts = (webclient.open_statusbar, webclient.open_chatter, webclient.open_messages)
    return [*open_form(client), *map(_visit_leads(client), parts)]


def _visit_leads(client):
    """Turn a function of a lead into a request, for another lead in each round."""
    moves = client.moves(1)
    return lambda call: lambda env, n: call(env["crm.lead"].browse(moves[n][0]))


# -- creating --------------------------------------------------------------------
@case("create {many} leads", limit=1.15)
def create_many(client):
    return [_create(client.many)]


@case("create 50 leads", rounds=0)
def create_50(client):
    return [_create(50)]


def _create(count):
    def request(env, n):
        partners = env["res.partner"].search([("ref", "=", "bench")], limit=20, offset=n * 20).ids
        env["crm.lead"].create(
            [
                {
                    "name": f"New {number}",
                    "partner_id": partners[number % len(partners)],
                    "expected_revenue": 1000 + number,
                    "priority": "1",
                }
                for number in range(count)
            ]
        )

    return request


# -- customer journey --------------------------------------------------------------
@case("post a message to the customer", limit=1.1, rounds=40)
def message_post(client):
    """Send a message from the chatter, with all that Odoo does to deliver it; the addon records a touch."""
    moves = client.moves(1)

    def post(env, n):
        lead = env["crm.lead"].browse(moves[n % len(moves)][0])
        lead.message_post(
            body="Hello",
            subject="Your quotation",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=lead.partner_id.ids,
        )

    return [post]


@case("open the journey of a lead with 5 touches", rounds=0)
def timeline_5(client):
    return _open_timeline(client, 5)


@case("open the journey of a lead with 200 touches", rounds=0)
def timeline_200(client):
    return _open_timeline(client, 200)


def _open_timeline(client, count):
    if not client.has_addon:
        return []
    moves = client.moves(1)

    def request(env, n):
        lead = env["crm.lead"].browse(moves[n][0])
        env.cr.execute(
            SQL(
                """INSERT INTO sales_process_touch (lead_id, date, source, direction, human)
                   SELECT %s, now() AT TIME ZONE 'UTC', 'call', 'out', TRUE FROM generate_series(1, %s)""",
                lead.id,
                count,
            )
        )
        lead.get_sales_journey_timeline()

    return [request]


TOUCH_SPEED = 10_000  # messages a second


def rebuild_touches(env, measure):
    """Rebuild all touches from the messages and meetings that are there.

    :return: {"touches", "messages", "rebuild": what it took}
    """
    env.cr.execute(SQL("TRUNCATE sales_process_touch CASCADE"))
    env.cr.execute(SQL("SELECT COUNT(*) FROM mail_message WHERE model = 'crm.lead'"))
    [messages] = env.cr.fetchone()
    rebuild = measure(env["sales.process.touch"].sudo()._rebuild)
    env.cr.execute(SQL("SELECT COUNT(*) FROM sales_process_touch"))
    [touches] = env.cr.fetchone()
    return {"touches": touches, "messages": messages, "rebuild": rebuild}


# -- history ---------------------------------------------------------------------
HISTORY_LIMIT = 1.5
HISTORY_SPEED = 50_000  # visits a second


def rebuild_history(env, measure):
    """Rebuild all visits, and insert the same rows from a table that has them ready.

    :param measure: function that calls a function and gives what it took
    :return: {"visits", "rebuild" and "insert": what they took}
    """
    visits = env["sales.process.visit"].sudo()
    columns = [name for name, field in visits._fields.items() if field.store and field.column_type and name != "id"]
    names = SQL(", ").join(map(SQL.identifier, columns))
    copy = SQL("CREATE TEMP TABLE visit_copy ON COMMIT DROP AS SELECT %s FROM sales_process_visit ORDER BY id", names)
    insert = SQL("INSERT INTO sales_process_visit (%s) SELECT %s FROM visit_copy", names, names)
    empty = SQL("TRUNCATE sales_process_visit")
    env.cr.execute(empty)
    rebuild = measure(visits._rebuild)
    env.cr.execute(copy)
    count = env.cr.rowcount
    env.cr.execute(empty)
    return {"visits": count, "rebuild": rebuild, "insert": measure(lambda: env.cr.execute(insert))}

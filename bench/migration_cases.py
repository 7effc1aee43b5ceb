"""Migrating many open leads to the next version: chunks as long at the end as at the start, memory that stays flat."""

import resource

from odoo import Command
from odoo.tools import SQL

LEADS = 100_000
#: The last chunks may take so many times what the first ones take.
CHUNK_LIMIT = 1.5
#: Seconds that a rep who saves a lead of the chunk under way waits at most.
LONGEST_CHUNK = 10.0
#: Memory that the whole run may add, in MB: what one chunk needs, whatever the number of chunks.
MEMORY_LIMIT = 150
#: Chunks that are taken for the start and for the end.
SAMPLE = 20


def migrate_leads(env, measure, leads=LEADS):
    """Dry run, migration of all leads, and a part of undoing it; the caller rolls back.

    Each lead has three answers; one stage in five changes its column. Between chunks everything cached is dropped, as
    the scheduled action does.

    :param measure: function that calls a function and gives what it took
    :return: {"leads", "check": what the dry run took, "chunks": [what each chunk took], "undo": [...], "memory": MB
        that the run added}
    """
    process = env["sales.process"].search([("state", "=", "active")], limit=1)
    env.cr.execute("UPDATE crm_lead SET active = FALSE, won_status = 'lost' WHERE active AND won_status = 'pending'")
    _add_leads(env, process, leads)
    following = env["sales.process"].browse(process.action_new_version()["res_id"])
    stages = following.stage_ids.sorted("sequence").filtered(lambda stage: not stage.is_won)
    stages[-1].stage_id = env["crm.stage"].create({"name": "Bench", "sequence": 500})
    teams = process.team_ids
    process.state = "retired"
    following.write({"state": "active", "team_ids": [Command.set(teams.ids)]})
    migration = process._prepare_migration(following)
    env.flush_all()
    env.invalidate_all()
    check = measure(migration._check)
    if migration.lead_count != leads:
        raise AssertionError(f"{migration.lead_count} of {leads} leads found")
    migration._keep({"state": "running", "last_lead": 0})
    chunks, first = [], None
    while migration.state == "running":
        chunks.append(measure(lambda: _advance(env, migration)))
        if len(chunks) == SAMPLE:
            first = _get_memory()
    memory = _get_memory() - (first or _get_memory())
    if migration.migrated_count != leads:
        raise AssertionError(f"{migration.migrated_count} of {leads} leads migrated")
    migration._keep({"state": "undoing"})
    undo = [measure(lambda: _advance(env, migration)) for _turn in range(SAMPLE)]
    return {"leads": leads, "check": check, "chunks": chunks, "undo": undo, "memory": memory}


def _advance(env, migration):
    migration._advance()
    env.flush_all()
    env.invalidate_all()


def _get_memory():
    """:return: highest resident memory so far, in MB"""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _add_leads(env, process, count):
    stages = process.stage_ids.sorted("sequence").filtered(lambda stage: not stage.is_won)
    manual = stages.requirement_ids.filtered(lambda row: row.judgement == "manual")[:3]
    names = {
        "count": count,
        "now": env.cr.now(),
        "company": env.company.id,
        "process": process.id,
        "stages": stages.ids,
        "columns": stages.stage_id.ids,
        "length": len(stages),
        "team": process.team_ids[:1].id or None,
        "user": env["res.users"].search([("share", "=", False)], limit=1).id,
        "requirements": manual.ids,
    }
    env.cr.execute("SELECT COALESCE(MAX(id), 0) FROM crm_lead")
    [names["first"]] = env.cr.fetchone()
    for statement in LEADS_SQL:
        env.cr.execute(SQL(statement, **names))
    for table in ("crm_lead", "sales_process_visit", "sales_process_answer"):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


LEADS_SQL = (
    """
    INSERT INTO crm_lead (name, type, active, won_status, probability, company_id, team_id, user_id, stage_id,
                sales_process_id, sales_process_stage_id, expected_revenue, email_from, partner_name, create_date,
                write_date, sales_gate_state, date_last_stage_update)
    SELECT 'Bench ' || n, 'opportunity', TRUE, 'pending', 20, %(company)s, %(team)s, %(user)s,
           (%(columns)s::int[])[1 + n %% %(length)s], %(process)s, (%(stages)s::int[])[1 + n %% %(length)s], 1000,
           'a@example.com', 'Customer', %(now)s - interval '30 days', %(now)s, 'open', %(now)s - interval '5 days'
      FROM generate_series(1, %(count)s) AS n
    """,
    """
    INSERT INTO sales_process_visit (lead_id, company_id, process_id, process_stage_id, stage_id, entered, direction,
                outcome)
    SELECT id, company_id, sales_process_id, sales_process_stage_id, stage_id, %(now)s - interval '5 days', 'forward',
           'open'
      FROM crm_lead WHERE id > %(first)s
    """,
    """
    INSERT INTO sales_process_answer (lead_id, requirement_id, state, user_id, date, create_uid, create_date,
                write_uid, write_date)
    SELECT lead.id, requirement, 'done', %(user)s, %(now)s, %(user)s, %(now)s, %(user)s, %(now)s
      FROM crm_lead AS lead, unnest(%(requirements)s::int[]) AS requirement WHERE lead.id > %(first)s
    """,
)

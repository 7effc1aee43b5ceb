"""Leads are migrated to the next version while reps save them, and after a run that was cut off: real transactions."""

import json

import pytest

from dev import databases, server, settings
from dev.postgres import sql

LEADS = 1_100  # more than two chunks
ON_NEXT = "SELECT count(*) FROM crm_lead WHERE sales_process_id = (SELECT max(id) FROM sales_process)"
#: A version in use with open leads and an answer each, the next version, and a migration that is about to run.
SET_UP = """
team = env["crm.team"].create({"name": "Migrating"})
columns = env["crm.stage"].create([{"name": name, "team_ids": team.ids} for name in ("One", "Two")])
process = env["sales.process"].create({"name": "Migrating", "team_ids": team.ids})
stages = env["sales.process.stage"].create(
    [{"process_id": process.id, "name": column.name, "stage_id": column.id} for column in columns]
)
point = env["sales.process.requirement"].create({"process_stage_id": stages[0].id, "name": "Budget", "gate": "exit"})
process.state = "active"
leads = env["crm.lead"].create(
    [
        {"name": str(n), "type": "opportunity", "team_id": team.id, "stage_id": columns[0].id}
        for n in range(LEADS)
    ]
)
answer = {"requirement_id": point.id, "state": "done"}
env["sales.process.answer"].create([{**answer, "lead_id": lead.id} for lead in leads])
following = env["sales.process"].browse(process.action_new_version()["res_id"])
process.state = "retired"
following.write({"state": "active", "team_ids": team.ids})
migration = process._prepare_migration(following)
migration.action_check()
migration.action_start()
env.cr.commit()
"""
FIND = """
import json, os
from pathlib import Path
from unittest.mock import patch
migration = env["sales.process.migration"].search([], limit=1)
leads = env["crm.lead"].search([("team_id.name", "=", "Migrating")], order="id")
def tell(**found):
    Path(RESULT).write_text(json.dumps(found))
"""
#: A rep saves the first lead and has not finished when the first chunk is migrated.
HELD = (
    FIND
    + """
rep = env.registry.cursor()
rep.execute("UPDATE crm_lead SET name = 'Saved by a rep' WHERE id = %s", [leads[0].id])
env.cr.execute("SET LOCAL lock_timeout = '5s'")
migration._advance()
env.cr.commit()
env.invalidate_all()
rep.commit()
rep.close()
tell(migrated=migration.migrated_count, held=leads[0].sales_process_id == migration.process_id)
"""
)
#: The process ends in the middle of a chunk.
CUT_OFF = FIND + "migration._advance()\nenv.flush_all()\nos._exit(0)\n"
#: The scheduled action goes on; once a rep saves a lead between the start of its transaction and its first lock.
GOES_ON = (
    FIND
    + """
from psycopg2 import OperationalError
advance, begun, collided = type(migration)._advance, [], []
def collide(self):
    if not begun:
        begun.append(True)
        self.env.cr.execute("SELECT count(*) FROM crm_lead")  # the transaction sees the leads as they are now
        with self.env.registry.cursor() as rep:
            rep.execute("UPDATE crm_lead SET name = 'Saved meanwhile' WHERE id = %s", [leads[-1].id])
            rep.execute("UPDATE crm_lead SET name = name WHERE id = %s", [leads[700].id])
    try:
        return advance(self)
    except OperationalError:
        collided.append(True)
        raise
with patch.object(type(migration), "_advance", collide):
    env["sales.process.migration"]._cron_migrate_leads()
env.invalidate_all()
names = [leads[0].name, leads[-1].name]
tell(state=migration.state, migrated=migration.migrated_count, collisions=len(collided), names=names)
"""
)


@pytest.fixture(scope="module")
def migrating():
    """The name of a database with a migration that is about to run."""
    with databases.scratch(databases.with_addon(), "migration") as name:
        _run(name, SET_UP.replace("LEADS", str(LEADS)))
        assert sql("SELECT state, lead_count FROM sales_process_migration", name) == f"running|{LEADS}"
        yield name


def _run(database, script):
    """Run a script in Odoo's shell.

    :return: what it told
    """
    result = settings.TEMPORARY / "migration.json"
    result.unlink(missing_ok=True)
    server.call("migration", "shell", "-d", database, "--no-http", stdin=script.replace("RESULT", repr(str(result))))
    return json.loads(result.read_text()) if result.exists() else None


def test_reps_work_meanwhile_and_a_run_goes_on(migrating):
    assert _run(migrating, HELD) == {"migrated": 500, "held": True}, "what a rep is saving is left for later"
    before = sql(ON_NEXT, migrating)
    _run(migrating, CUT_OFF)
    assert sql(ON_NEXT, migrating) == before == "500", "half a chunk is nothing"
    assert _run(migrating, GOES_ON) == {
        "state": "done",
        "migrated": LEADS,
        "collisions": 1,
        "names": ["Saved by a rep", "Saved meanwhile"],
    }
    assert sql(ON_NEXT, migrating) == str(LEADS)
    once = "SELECT count(*), count(DISTINCT lead_id) FROM sales_process_migration_lead WHERE state = 'migrated'"
    assert sql(once, migrating) == f"{LEADS}|{LEADS}"
    answers = (
        "SELECT count(*) FROM sales_process_answer a JOIN sales_process_requirement r ON r.id = a.requirement_id"
        " JOIN sales_process_stage s ON s.id = r.process_stage_id"
        " WHERE s.process_id = (SELECT max(id) FROM sales_process)"
    )
    assert sql(answers, migrating) == str(LEADS)

"""A running process of 8 stages × 8 requirements for the leads of a loaded database, with what moves need."""

from odoo import Command
from odoo.tools import SQL

from . import dataset, journey

#: (gate, judgement, own values) of every stage; what `load` made, and the answers below, satisfy all of them.
REQUIREMENTS = (
    ("entry", "field", {}),
    ("entry", "condition", {}),
    ("exit", "manual", {"allow_na": True}),
    ("exit", "manual", {"spin_technique": "situation"}),
    ("exit", "manual", {"spin_technique": "problem", "min_count": 3, "max_count": 5, "kind": "action"}),
    ("exit", "document", {"kind": "deliverable"}),
    ("exit", "activity", {"kind": "action"}),
    ("exit", "approval", {}),
)
FIELDS = (("partner_id",), ("email_from", "phone"), ("expected_revenue", "user_id"))
CONDITIONS = ("[('expected_revenue', '>', 0)]", "[('partner_id.email', '!=', False)]")


def follow(env):
    """Let every lead follow a process in which it stands ready to move on."""
    process = _make_process(env)
    env.flush_all()
    tables = ("crm_lead", "sales_process_answer", "sales_process_deliverable")
    with dataset.bulk_load(env.cr, *tables):
        for statement in (_positions(process), *_leads(process), *_answers(), *_documents()):
            env.cr.execute(statement)
    env.cr.execute(SQL("TRUNCATE sales_process_visit"))
    env.invalidate_all(flush=False)
    env["sales.process.visit"]._rebuild()
    journey.follow(env, process)


def _make_process(env):
    role = env["sales.process.role"].create({"name": "Salesperson", "kind": "salesperson"})
    process = env["sales.process"].create({"name": "Bench", "enforcement": "block", "skip_rule": "gates"})
    columns = dataset.get_stages(env)
    stages = env["sales.process.stage"].create(
        [
            {
                "process_id": process.id,
                "stage_id": column.id,
                "name": column.name,
                "sequence": number * 10,
                "is_won": column.is_won,
                "role_id": role.id,
                "time_limit_days": 5,
                "guidance": f"<p>What to do in {column.name}.</p>",
            }
            for number, column in enumerate(columns, 1)
        ]
    )
    vals_list = [
        _prepare_requirement_vals(env, stage, role, index, number)
        for index, stage in enumerate(stages)
        for number in range(len(REQUIREMENTS))
    ]
    requirements = env["sales.process.requirement"].create(vals_list)
    for of_stage in requirements.filtered("spin_technique").grouped("process_stage_id").values():
        situation, problem = of_stage
        problem.after_ids = situation
    teams = env["crm.team"].search([("name", "=like", "Bench %")])
    process.write({"team_ids": [Command.set(teams.ids)], "state": "active", "date_activated": env.cr.now()})
    return process


def _prepare_requirement_vals(env, stage, role, index, number):
    gate, judgement, own = REQUIREMENTS[number]
    vals = {
        "process_stage_id": stage.id,
        "name": f"{stage.name}: requirement {number + 1}",
        "sequence": number * 10,
        "gate": gate,
        "judgement": judgement,
        "role_id": role.id,
        "standard": "How it is done well.",
        "script": "<p>Words that a rep can use.</p>",
        **own,
    }
    if judgement == "field":
        names = FIELDS[index % len(FIELDS)]
        vals["field_ids"] = [Command.set([env["ir.model.fields"]._get("crm.lead", name).id for name in names])]
    elif judgement == "condition":
        vals["domain"] = CONDITIONS[index % len(CONDITIONS)]
    elif judgement == "activity":
        types = dataset.get_activity_types(env)
        vals["activity_type_id"] = types[index % len(types)].id
    return vals


def _positions(process):
    return SQL(
        """
        CREATE TEMP TABLE place AS
        SELECT id AS process_stage_id, stage_id, row_number() OVER (ORDER BY sequence) AS position
          FROM sales_process_stage WHERE process_id = %s
        """,
        process.id,
    )


def _leads(process):
    yield SQL(
        """
        UPDATE crm_lead
           SET sales_process_id = %s, sales_process_stage_id = place.process_stage_id,
               sales_gate_state = CASE won_status WHEN 'pending' THEN 'ready' WHEN 'won' THEN 'open' ELSE 'none' END,
               sales_gate_progress = CASE won_status WHEN 'pending' THEN 100 ELSE 0 END,
               sales_stage_entered = date_last_stage_update,
               sales_stage_deadline = date_last_stage_update + interval '7 days'
          FROM place WHERE place.stage_id = crm_lead.stage_id
        """,
        process.id,
    )
    # what an open lead has met on its way, and needs to go on
    yield SQL(
        """
        CREATE TEMP TABLE met AS
        SELECT lead.id AS lead_id, lead.user_id, lead.date_last_stage_update AS at,
               req.id AS requirement_id, req.judgement, req.min_count, req.process_stage_id
          FROM crm_lead lead
          JOIN place ON place.stage_id = lead.stage_id
          JOIN place asked ON asked.position <= place.position + 1
          JOIN sales_process_requirement req
            ON req.process_stage_id = asked.process_stage_id
           AND (asked.position <= place.position OR req.gate = 'entry')
         WHERE lead.won_status = 'pending'
         ORDER BY lead.id, req.id
        """
    )


def _answers():
    yield SQL(
        """
        INSERT INTO sales_process_answer (lead_id, requirement_id, state, count, user_id, date, create_uid,
                                          create_date, write_date)
        SELECT lead_id, requirement_id, CASE judgement WHEN 'approval' THEN 'approved' ELSE 'done' END,
               COALESCE(min_count, 0), user_id, at, user_id, at, at
          FROM met WHERE judgement IN ('manual', 'approval')
        """
    )


def _documents():
    yield SQL(
        """
        INSERT INTO sales_process_deliverable (lead_id, requirement_id, process_stage_id, version, state,
                                               submitted_by_id, submitted_date, content_date, create_uid,
                                               create_date, write_date)
        SELECT lead_id, requirement_id, process_stage_id, 1, 'submitted', user_id, at, at::date, user_id, at, at
          FROM met WHERE judgement = 'document'
        """
    )
    yield SQL(
        """
        INSERT INTO sales_process_deliverable_attachment_rel (deliverable_id, attachment_id)
        SELECT document.id, file.id
          FROM sales_process_deliverable document
          JOIN ir_attachment file ON file.res_model = 'crm.lead' AND file.res_id = document.lead_id
        """
    )
    yield SQL(
        """
        UPDATE ir_attachment file
           SET res_model = 'sales.process.deliverable', res_id = link.deliverable_id
          FROM (SELECT attachment_id, max(deliverable_id) AS deliverable_id
                  FROM sales_process_deliverable_attachment_rel GROUP BY attachment_id) link
         WHERE file.id = link.attachment_id
        """
    )

"""The scan for alerts: its cost follows what is due, not how many leads there are."""

from datetime import timedelta

from odoo.tools import SQL

from . import dataset

#: Causes of each rule that are due, whatever the number of leads.
DUE = 200
SIZES = (100_000, 1_000_000)
#: At ten times the leads and equal due items a scan may take so many times as long.
SCAN_LIMIT = 1.5
REPEAT = 3
RULES = (
    {"kind": "stage_time", "threshold": 0},
    {"kind": "stage_days", "threshold": 10},
    {"kind": "deliverable", "threshold": 10},
    {"kind": "no_touch", "threshold": 10},
    {"kind": "closing_past", "threshold": 0},
    {"kind": "closing_pushed", "threshold": 3},
    {"kind": "response_missed", "threshold": 0},
    {"kind": "gate_refused", "threshold": 3},
    {"kind": "data_incomplete", "threshold": 50, "days": 10},
)
TABLES = (
    "crm_lead",
    "sales_process_visit",
    "sales_process_touch",
    "sales_process_response",
    "sales_process_closing_change",
    "sales_process_decision",
    "sales_process_deliverable",
)
#: What a rule says about leads besides, so that the condition is part of what is measured.
CONDITION = "[('expected_revenue', '>=', 0), ('company_id.active', '=', True)]"


def scan_alerts(env, measure, sizes=SIZES):
    """Scan at two sizes with as much due; the caller rolls back.

    A fifth of the leads is open and well looked after; the others are won or lost, each with a history.

    :param measure: function that calls a function and gives what it took
    :return: list of {"leads", "due": alerts opened, "open": [what each scan that opens them took], "again": [scans
        that find nothing new], "sweep": the daily look at everything}, one for each size
    """
    process = env["sales.process"].search([("state", "=", "active")], limit=1)
    for table in ("sales_process_alert", "sales_process_alert_rule"):
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    # Only the leads of this case, so that both sizes are alike.
    for table in ("visit", "touch", "response", "closing_change", "decision", "deliverable"):
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(f"sales_process_{table}")))
    env.cr.execute("UPDATE crm_lead SET active = FALSE, won_status = 'lost' WHERE active")
    env.invalidate_all(flush=False)
    # A company that always works: the bench runs at any hour.
    env.company.resource_calendar_id = env["resource.calendar"].create({"name": "Bench", "attendance_ids": False})
    rules = env["sales.process.alert.rule"].create(
        [{"name": values["kind"], "domain": CONDITION, "notice": "mail", **values} for values in RULES]
    )
    results, count = [], 0
    for size in sizes:
        _add_leads(env, process, size - count)
        count = size
        results.append({"leads": size, **_measure_size(env, measure, rules, process)})
    return results


def _measure_size(env, measure, rules, process):
    alerts = env["sales.process.alert"].sudo()

    def scan():
        for rule in rules:
            for _done in alerts._scan_rule(rule):
                pass
        env.flush_all()

    # Nothing is due: a first look at everything, then the state a quarter of an hour before the next scan.
    sweep = measure(scan)
    found = alerts.search_count([])
    if found:
        raise AssertionError(f"{found} alerts where nothing is due")
    opened, again, due = [], [], 0
    for _turn in range(REPEAT):
        with env.cr.savepoint() as savepoint:
            _make_due(env, process)
            env.cr.execute(
                "UPDATE sales_process_alert_rule SET scanned = %s, swept = %s",
                [env.cr.now() - timedelta(minutes=15), env.cr.now() - timedelta(hours=1)],
            )
            env.invalidate_all(flush=False)
            opened.append(measure(scan))
            due = alerts.search_count([])
            counts = {rule.kind: number for rule, number in alerts._read_group([], ["rule_id"], ["__count"])}
            # A lead that is in its stage for long is due by other rules as well, at every size alike.
            if any(counts.get(rule["kind"], 0) < DUE for rule in RULES):
                raise AssertionError(f"fewer than {DUE} alerts: {counts}")
            again.append(measure(scan))
            savepoint.rollback()
    return {"due": due, "open": opened, "again": again, "sweep": sweep}


def _add_leads(env, process, count):
    """Leads with stays, contacts and clocks; nothing of an open one is due."""
    stages = process.stage_ids.sorted("sequence").filtered(lambda stage: not stage.is_won)
    documents = process.stage_ids.requirement_ids.filtered(lambda row: row.judgement == "document")
    user = env["res.users"].search([("share", "=", False)], limit=1)
    names = {
        "count": count,
        "now": env.cr.now(),
        "company": env.company.id,
        "process": process.id,
        "stages": stages.ids,
        "columns": stages.stage_id.ids,
        "length": len(stages),
        "team": process.team_ids[:1].id or None,
        "user": user.id,
        "documents": documents.ids,
    }
    env.cr.execute("SELECT COALESCE(MAX(id), 0) FROM crm_lead")
    [names["first"]] = env.cr.fetchone()
    with dataset.bulk_load(env.cr, *TABLES):
        for statement in LEADS:
            env.cr.execute(SQL(statement, **names))
    for table in TABLES:
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


#: One in five is open, entered its stage within the last days, was in contact since and closes in the future.
LEADS = (
    """
    INSERT INTO crm_lead (name, type, active, won_status, probability, company_id, team_id, user_id, stage_id,
                sales_process_id, sales_process_stage_id, date_deadline, expected_revenue, email_from, phone,
                partner_name, create_date, write_date, sales_gate_state)
    SELECT 'Bench ' || n, 'opportunity', n %% 5 = 0 OR n %% 5 > 2,
           CASE WHEN n %% 5 = 0 THEN 'pending' WHEN n %% 5 > 2 THEN 'won' ELSE 'lost' END,
           CASE WHEN n %% 5 = 0 THEN 20 WHEN n %% 5 > 2 THEN 100 ELSE 0 END, %(company)s, %(team)s, %(user)s,
           (%(columns)s::int[])[1 + n %% %(length)s], %(process)s, (%(stages)s::int[])[1 + n %% %(length)s],
           %(now)s::date + CASE WHEN n %% 5 = 0 THEN 5 + n %% 90 ELSE -(n %% 700) END, 1000, 'a@example.com',
           '+32 2 290 34 90', 'Customer', %(now)s - (n %% 500 + 3) * interval '1 day', %(now)s, 'open'
      FROM generate_series(1, %(count)s) AS n
    """,
    """
    INSERT INTO sales_process_visit (lead_id, company_id, process_id, process_stage_id, stage_id, entered, "left",
                deadline, direction, outcome)
    SELECT lead.id, lead.company_id, lead.sales_process_id, (%(stages)s::int[])[1 + (lead.id + k) %% %(length)s],
           (%(columns)s::int[])[1 + (lead.id + k) %% %(length)s],
           CASE WHEN is_open THEN %(now)s - (lead.id %% 4000) * interval '1 minute'
                ELSE %(now)s - (lead.id %% 700 + 20 + 3 * k) * interval '1 day' END,
           CASE WHEN NOT is_open THEN %(now)s - (lead.id %% 700 + 18 + 3 * k) * interval '1 day' END,
           CASE WHEN is_open THEN %(now)s + (1 + lead.id %% 9000) * interval '1 minute'
                ELSE %(now)s - (lead.id %% 700 + 19 + 3 * k) * interval '1 day' END,
           'forward', CASE WHEN is_open THEN 'open' ELSE 'advanced' END
      FROM crm_lead AS lead, generate_series(0, 4) AS k,
           LATERAL (SELECT k = 0 AND lead.won_status = 'pending' AS is_open) AS kind
     WHERE lead.id > %(first)s
    """,
    """
    INSERT INTO sales_process_touch (lead_id, company_id, date, source, direction, human)
    SELECT lead.id, lead.company_id,
           CASE WHEN k = 0 AND lead.won_status = 'pending' THEN %(now)s - (lead.id %% 4000) * interval '1 minute'
                ELSE %(now)s - (lead.id %% 700 + k) * interval '1 day' - (lead.id %% 1440) * interval '1 minute' END,
           'call', 'out', TRUE
      FROM crm_lead AS lead, generate_series(0, 2) AS k WHERE lead.id > %(first)s
    """,
    """
    INSERT INTO sales_process_response (lead_id, company_id, started, deadline, answered, state)
    SELECT lead.id, lead.company_id, lead.create_date, lead.create_date, lead.create_date, 'kept'
      FROM crm_lead AS lead WHERE lead.id > %(first)s AND lead.id %% 2 = 0
    """,
    """
    INSERT INTO sales_process_closing_change (lead_id, company_id, date, from_date, to_date, days)
    SELECT lead.id, lead.company_id, %(now)s - (10 + lead.id %% 300) * interval '1 day', %(now)s::date,
           %(now)s::date + 9, 9
      FROM crm_lead AS lead WHERE lead.id > %(first)s AND lead.id %% 3 = 0
    """,
    """
    INSERT INTO sales_process_decision (lead_id, lead_name, company_id, process_id, outcome, date)
    SELECT lead.id, lead.name, lead.company_id, lead.sales_process_id, 'refused',
           %(now)s - (10 + lead.id %% 300) * interval '1 day'
      FROM crm_lead AS lead WHERE lead.id > %(first)s AND lead.id %% 7 = 0
    """,
    """
    INSERT INTO sales_process_deliverable (lead_id, requirement_id, state, version, create_date, write_date)
    SELECT lead.id, (%(documents)s::int[])[1 + lead.id %% cardinality(%(documents)s::int[])], 'submitted', 1,
           lead.create_date, %(now)s - (lead.id %% 500) * interval '1 day'
      FROM crm_lead AS lead
     WHERE lead.id > %(first)s AND lead.id %% 2 = 0 AND cardinality(%(documents)s::int[]) > 0
    """,
)


def _make_due(env, process):
    """So many causes of each kind, on open leads of their own, that became due since the last scan."""
    now = env.cr.now()
    env.cr.execute(
        "SELECT id FROM crm_lead WHERE active AND won_status = 'pending' ORDER BY id LIMIT %s", [DUE * len(RULES)]
    )
    leads = [number for (number,) in env.cr.fetchall()]
    parts = {rule["kind"]: leads[place * DUE : (place + 1) * DUE] for place, rule in enumerate(RULES)}
    # Ten working days ago, some minutes before and after what the last scan saw.
    [cutoff] = set(env["sales.process.alert"]._get_cutoffs(env["sales.process.alert.rule"], now, 10).values()) or [now]
    just_due = cutoff - timedelta(minutes=1)
    documents = process.stage_ids.requirement_ids.filtered(lambda row: row.judgement == "document")
    stage = documents.process_stage_id[:1]

    def execute(statement, kind, **names):
        env.cr.execute(SQL(statement, leads=parts[kind], now=now, just_due=just_due, **names))

    execute(
        """UPDATE sales_process_visit SET deadline = %(now)s - interval '1 minute'
            WHERE "left" IS NULL AND lead_id = ANY(%(leads)s)""",
        "stage_time",
    )
    moved = (
        """UPDATE sales_process_visit SET entered = %(just_due)s WHERE "left" IS NULL AND lead_id = ANY(%(leads)s)"""
    )
    execute(moved, "stage_days")
    execute("UPDATE crm_lead SET date_deadline = %(now)s::date - 2 WHERE id = ANY(%(leads)s)", "closing_past")
    execute(
        """UPDATE sales_process_touch SET date = LEAST(date, %(just_due)s) WHERE lead_id = ANY(%(leads)s)""",
        "no_touch",
    )
    execute("UPDATE crm_lead SET create_date = %(just_due)s WHERE id = ANY(%(leads)s)", "no_touch")
    # Old documents of old stays would be old stays as well: these were handed in later and are due by themselves.
    execute("DELETE FROM sales_process_deliverable WHERE lead_id = ANY(%(leads)s)", "deliverable")
    execute(
        """UPDATE sales_process_visit SET entered = %(just_due)s, process_stage_id = %(stage)s
            WHERE "left" IS NULL AND lead_id = ANY(%(leads)s)""",
        "deliverable",
        stage=stage.id,
    )
    execute(
        """INSERT INTO sales_process_closing_change (lead_id, company_id, date, from_date, to_date, days)
           SELECT lead, %(company)s, %(now)s - k * interval '1 minute', %(now)s::date, %(now)s::date + 7, 7
             FROM unnest(%(leads)s) AS lead, generate_series(1, 3) AS k""",
        "closing_pushed",
        company=env.company.id,
    )
    execute(
        """INSERT INTO sales_process_response (lead_id, company_id, started, deadline, state)
           SELECT lead, %(company)s, %(now)s - interval '1 hour', %(now)s - interval '1 minute', 'running'
             FROM unnest(%(leads)s) AS lead""",
        "response_missed",
        company=env.company.id,
    )
    execute(
        """UPDATE sales_process_visit SET entered = %(now)s - interval '1 hour'
            WHERE "left" IS NULL AND lead_id = ANY(%(leads)s)""",
        "gate_refused",
    )
    execute(
        """INSERT INTO sales_process_decision (lead_id, lead_name, company_id, process_id, outcome, date)
           SELECT lead, 'Bench', %(company)s, %(process)s, 'refused', %(now)s - k * interval '1 minute'
             FROM unnest(%(leads)s) AS lead, generate_series(1, 3) AS k""",
        "gate_refused",
        company=env.company.id,
        process=process.id,
    )
    execute(moved, "data_incomplete")
    execute(
        """UPDATE crm_lead SET email_from = NULL, phone = NULL, partner_name = NULL, expected_revenue = 1,
                  date_deadline = NULL, user_id = user_id, partner_id = NULL
            WHERE id = ANY(%(leads)s)""",
        "data_incomplete",
    )
    env.cr.execute("ANALYZE sales_process_visit")

"""The demo company: no screen is empty, and its past is one that the addon itself could have written."""

import pytest

from dev import databases, settings
from dev.postgres import sql

OPEN = "l.type = 'opportunity' AND l.active AND l.won_status = 'pending' AND l.sales_process_id IS NOT NULL"
#: What cannot happen in a history that was lived: each counts 0.
CONTRADICTIONS = {
    "an open lead is in exactly one stage": """
        SELECT count(*) FROM crm_lead l WHERE l.type = 'opportunity' AND l.active AND 1 <> (
            SELECT count(*) FROM sales_process_visit v WHERE v.lead_id = l.id AND v."left" IS NULL)""",
    "a lost lead is in no stage": """
        SELECT count(*) FROM sales_process_visit v JOIN crm_lead l ON l.id = v.lead_id
         WHERE NOT l.active AND v."left" IS NULL""",
    "each stay begins where the one before ends": """
        SELECT count(*) FROM (
            SELECT "left", lead(entered) OVER following AS next, lead(direction) OVER following AS came
              FROM sales_process_visit WINDOW following AS (PARTITION BY lead_id ORDER BY entered, id)) stay
         WHERE next IS NOT NULL AND (came = 'reopened' AND "left" > next OR came <> 'reopened' AND "left" <> next)""",
    "a stay takes time, and none of it lies ahead": """
        SELECT count(*) FROM sales_process_visit
         WHERE "left" < entered OR COALESCE("left", entered) > now() AT TIME ZONE 'UTC'""",
    "the lead knows its stay": """
        SELECT count(*) FROM sales_process_visit v JOIN crm_lead l ON l.id = v.lead_id
         WHERE v."left" IS NULL AND l.sales_process_id IS NOT NULL AND (v.stage_id, v.entered, v.deadline)
               IS DISTINCT FROM (l.stage_id, l.sales_stage_entered, l.sales_stage_deadline)""",
    "a lead is as old as its first stay": """
        SELECT count(*) FROM crm_lead l WHERE l.type = 'opportunity' AND l.sales_process_id IS NOT NULL
           AND l.create_date <> (SELECT min(entered) FROM sales_process_visit v WHERE v.lead_id = l.id)""",
    "an open stay counts in no rate": """
        SELECT count(*) FROM sales_process_visit WHERE ("left" IS NULL) <> (advanced_rate IS NULL)""",
    "a document has a file that belongs to it": """
        SELECT count(*) FROM sales_process_deliverable d WHERE NOT EXISTS (
            SELECT FROM sales_process_deliverable_attachment_rel r JOIN ir_attachment a ON a.id = r.attachment_id
             WHERE r.deliverable_id = d.id AND (a.res_model, a.res_id) = ('sales.process.deliverable', d.id))""",
    "closed quarters of the company came near their goals": """
        SELECT count(*) FROM sales_process_target g JOIN sales_process_kpi k ON k.id = g.kpi_id AND k.code = 'revenue'
          JOIN sales_process_kpi_value v ON v.kpi_id = k.id AND v.company_id = g.company_id AND v.scope = 'company'
               AND v.cycle = g.cycle AND v.date_from = g.date_from AND v.is_latest
         WHERE g.scope = 'company' AND g.cycle = 'quarter' AND g.state = 'closed'
           AND v.value / g.value NOT BETWEEN 0.5 AND 1.3""",
    "goals of the past are measured": """
        SELECT count(*) FROM sales_process_target g JOIN sales_process_kpi k ON k.id = g.kpi_id AND k.code = 'revenue'
         WHERE g.scope = 'company' AND g.cycle = 'quarter' AND g.state = 'closed' AND NOT EXISTS (
            SELECT FROM sales_process_kpi_value v JOIN sales_process_kpi a ON a.id = v.kpi_id
             WHERE a.code = 'revenue_attainment' AND v.company_id = g.company_id AND v.scope = 'company'
               AND v.cycle = 'quarter' AND v.date_from = g.date_from AND v.has_data)""",
    "nobody decides about what is their own": """
        SELECT count(*) FROM sales_process_deliverable WHERE approver_id = submitted_by_id""",
}
#: (table, column, values that have to occur)
POPULATED = [
    ("sales_process", "state", "draft active"),
    ("crm_lead", "won_status", "won lost pending"),
    ("crm_lead", "type", "lead opportunity"),
    ("crm_lead", "sales_gate_state", "none open ready held"),
    ("sales_process_deliverable", "state", "draft submitted approved rejected"),
    ("sales_process_answer", "state", "done na requested approved rejected"),
    ("sales_process_exception", "state", "requested approved rejected used cancelled"),
    ("sales_process_decision", "outcome", "refused warned overridden exempt"),
    ("sales_process_visit", "direction", "entry forward backward aside reopened"),
    ("sales_process_visit", "outcome", "open advanced returned moved won lost"),
    ("sales_process_journey", "state", "active"),
    ("sales_process_touch", "source", "email_in email_out call meeting"),
    ("sales_process_touch", "direction", "in out"),
    ("sales_process_response", "state", "running kept breached_open breached_answered void"),
    ("sales_process_customer", "lifecycle", "use repurchase churn"),
    ("sales_process_buyer", "role", "decider champion gatekeeper buyer user influencer"),
    ("sales_process_buyer", "attitude", "champion supporter neutral opponent unknown"),
    ("sales_process_support_request", "state", "new in_progress waiting delivered accepted cancelled"),
    ("sales_process_resource", "kind", "tool script case template guide"),
    ("sales_process_training", "state", "planned done cancelled"),
    ("sales_process_training_attendee", "state", "invited attended absent"),
    ("sales_process_rollout_phase", "state", "open waiting"),
    ("sales_process_target", "state", "draft active closed"),
    ("sales_process_kpi_value", "band", "healthy watch alert none"),
    ("sales_process_alert", "state", "open snoozed closed"),
    ("sales_process_alert", "severity", "info warning"),
    ("sales_process_health_report", "cycle", "month quarter"),
    ("sales_process_migration", "state", "checked done"),
    ("sales_process_change", "kind", "added changed moved removed"),
    ("sales_process_pilot", "state", "draft running analysis dropped"),
    ("sales_process_pilot", "verdict", "none better"),
    ("sales_process_pilot_assignment", "arm", "baseline candidate"),
    ("sales_process_pilot_result", "metric", "leads kpi stage_time stage_pass conversion feedback"),
    ("sales_process_pilot_decision", "decision", "dropped"),
    ("sales_process_feedback", "state", "new review planned done declined"),
    ("sales_process_feedback", "kind", "obstacle idea praise question"),
    ("sales_process_feedback", "source", "rep interview customer"),
    ("sales_process_improvement", "state", "idea accepted in_version measured dropped"),
    ("sales_process_improvement", "verdict", "waiting"),
    ("sales_process_review", "state", "look_back assess closed"),
    ("sales_process_review_action", "state", "open done cancelled"),
    ("sales_process_review_topic", "severity", "warning"),
]


@pytest.fixture(scope="module")
def demo():
    return databases.with_addon(demo=True, languages=settings.LANGUAGES)


@pytest.mark.parametrize("what", CONTRADICTIONS)
def test_history_holds_together(demo, what):
    assert sql(CONTRADICTIONS[what], demo) == "0"


@pytest.mark.parametrize(("table", "column", "values"), POPULATED)
def test_every_state_occurs(demo, table, column, values):
    found = set(sql(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL", demo).splitlines())
    assert set(values.split()) <= found


def test_health_reports_hold_what_they_showed(demo):
    assert sql("SELECT count(*) FROM sales_process_health_report WHERE snapshot IS NULL", demo) == "0"


def test_arms_of_a_pilot_are_alike_in_what_is_not_tried(demo):
    """The arms are as large as each other, and as many deals are won: the pilot tells of time, and hides nothing."""
    rows = sql(
        """SELECT pilot.id, count(*) FILTER (WHERE arm = 'baseline'), count(*) FILTER (WHERE arm = 'candidate'),
                  avg((won_status = 'won')::integer) FILTER (WHERE arm = 'baseline' AND won_status <> 'pending'),
                  avg((won_status = 'won')::integer) FILTER (WHERE arm = 'candidate' AND won_status <> 'pending')
             FROM sales_process_pilot AS pilot JOIN sales_process_pilot_assignment AS drawn ON pilot_id = pilot.id
             JOIN crm_lead AS lead ON lead.id = drawn.lead_id
            WHERE pilot.state = 'analysis' GROUP BY pilot.id""",
        demo,
    ).splitlines()
    assert len(rows) == 1
    baseline, candidate, won, won_candidate = map(float, rows[0].split("|")[1:])
    assert abs(baseline - candidate) <= 2
    assert abs(won - won_candidate) < 0.3


def test_size_and_span(demo):
    number, days = sql(
        "SELECT count(*), date_part('day', now() AT TIME ZONE 'UTC' - min(create_date)) FROM crm_lead "
        "WHERE sales_process_id IS NOT NULL",
        demo,
    ).split("|")
    assert 260 <= int(number) <= 350
    assert 500 <= float(days) <= 600
    teams = (
        "SELECT count(DISTINCT team_id), count(DISTINCT company_id) FROM crm_lead WHERE sales_process_id IS NOT NULL"
    )
    assert sql(teams, demo) == "4|2"


def test_every_stage_of_a_running_process_has_open_and_held_back_deals(demo):
    rows = sql(
        f"""SELECT stage.id, stage.is_won, count(l.id), count(l.id) FILTER (WHERE {OPEN} AND sales_gate_state = 'open'),
                   count(l.id) FILTER (WHERE {OPEN} AND sales_gate_state = 'ready'),
                   count(l.id) FILTER (WHERE {OPEN} AND sales_gate_state = 'held'),
                   count(l.id) FILTER (WHERE {OPEN} AND sales_stage_deadline < now() AT TIME ZONE 'UTC')
              FROM sales_process_stage stage JOIN sales_process process ON process.id = stage.process_id
              LEFT JOIN crm_lead l ON l.sales_process_stage_id = stage.id
             WHERE process.state = 'active'
               AND process.id NOT IN (SELECT process_id FROM sales_process_rollout)
             GROUP BY stage.id, stage.is_won""",
        demo,
    ).splitlines()
    assert len(rows) == 15
    for row in rows:
        _stage, is_won, total, *states = row.split("|")
        assert int(total) > 0
        assert is_won == "t" or all(int(number) > 0 for number in states), row


def test_odoos_own_demo_data_are_as_before(demo):
    query = """
        SELECT id, name, stage_id, team_id, user_id, company_id, active, probability, expected_revenue, won_status
          FROM crm_lead WHERE id NOT IN (
               SELECT res_id FROM ir_model_data WHERE model = 'crm.lead' AND module = 'sales_process_framework')
         ORDER BY id"""
    assert sql(query, demo) == sql(query, databases.plain(languages=settings.LANGUAGES))

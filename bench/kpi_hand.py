"""The built-in indicators of one period, each as the SELECT that someone who knows the tables would write for it.

Each statement reads the facts once and gives a row for the company and for each team, person, process, stage, source
and country: what a report needs, and what the engine stores.  Parameters: ``start`` and ``stop`` in UTC, ``company``,
``first`` and ``last`` day, the ids of ``proposals`` and ``needs`` (requirements), ``filled`` and ``asked`` (what the
processes say about complete data).
"""

LEAD = (
    "lead.team_id",
    "lead.user_id",
    "lead.sales_process_id",
    "lead.sales_process_stage_id",
    "lead.source_id",
    "lead.country_id",
)
VISIT = (
    "visit.team_id",
    "visit.user_id",
    "visit.process_id",
    "visit.process_stage_id",
    "lead.source_id",
    "lead.country_id",
)
PLAIN = ("team_id", "user_id", "process_id", "process_stage_id", "source_id", "country_id")

#: Pipelines of a company whose leads without one are its own.
OF_COMPANY = "({0}.company_id = %(company)s OR {0}.company_id IS NULL)"
CLOSED = "lead.type = 'opportunity' AND lead.date_closed >= %(start)s AND lead.date_closed < %(stop)s"
WON = f"{CLOSED} AND lead.won_status = 'won'"
OPEN = """lead.type = 'opportunity' AND COALESCE(lead.date_conversion, lead.create_date) < %(stop)s
          AND ((lead.active AND lead.won_status = 'pending') OR lead.date_closed >= %(stop)s)"""
ENDED = 'visit."left" >= %(start)s AND visit."left" < %(stop)s'
PASSED = f"""{ENDED} AND visit.outcome IN ('advanced', 'won') AND visit.is_rebuilt IS NOT TRUE
             AND visit.process_stage_id IS NOT NULL"""
ATTEMPT = """visit.lead_id, visit.company_id, visit.team_id, visit.user_id, visit.process_id,
             visit.process_stage_id"""
PERCENT = "100.0 * {} / NULLIF({}, 0)"


def _cut(value, tables, where, columns=LEAD, head=""):
    sets = ", ".join(f"({column})" for column in columns)
    company = "" if columns is PLAIN else f" AND {OF_COMPANY.format(columns[0].partition('.')[0])}"
    return f"""{head} SELECT GROUPING({", ".join(columns)}), {", ".join(columns)}, {value} AS value
                 FROM {tables} WHERE {where}{company} GROUP BY GROUPING SETS ((), {sets})"""


def _leads(value, where):
    return _cut(value, "crm_lead AS lead", where)


def _visits(value, where, joins=""):
    return _cut(
        value, f"sales_process_visit AS visit JOIN crm_lead AS lead ON lead.id = visit.lead_id {joins}", where, VISIT
    )


def _of_lead(table, value, where, user="lead.user_id", joins=""):
    columns = (LEAD[0], user, *LEAD[2:])
    return _cut(value, f"{table} AS fact JOIN crm_lead AS lead ON lead.id = fact.lead_id {joins}", where, columns)


def _buyers(start, stop, latest=False):
    """The purchases of a period, the first or the last one of each customer."""
    order = "DESC" if latest else "ASC"
    return f"""
        SELECT *, EXISTS (SELECT FROM res_partner AS person JOIN crm_lead AS earlier ON earlier.partner_id = person.id
                           WHERE person.commercial_partner_id = bought.customer_id AND earlier.type = 'opportunity'
                             AND earlier.won_status = 'won'
                             AND (earlier.date_closed, earlier.id) < (bought.date_closed, bought.id)) AS before
          FROM (SELECT DISTINCT ON (contact.commercial_partner_id) lead.id, lead.team_id, lead.user_id,
                       lead.sales_process_id AS process_id, lead.sales_process_stage_id AS process_stage_id,
                       lead.source_id, lead.country_id, lead.date_closed, contact.commercial_partner_id AS customer_id
                  FROM crm_lead AS lead JOIN res_partner AS contact ON contact.id = lead.partner_id
                 WHERE lead.type = 'opportunity' AND lead.won_status = 'won' AND lead.date_closed >= %({start})s
                   AND lead.date_closed < %({stop})s AND {OF_COMPANY.format("lead")}
                 ORDER BY contact.commercial_partner_id, lead.date_closed {order}, lead.id {order}) AS bought"""


HAND = {
    "win_rate": _leads(
        PERCENT.format("COUNT(*) FILTER (WHERE lead.won_status = 'won')", "COUNT(*)"),
        f"{CLOSED} AND lead.won_status IN ('won', 'lost')",
    ),
    "revenue": _leads("SUM(lead.expected_revenue)", WON),
    "average_deal": _leads("SUM(lead.expected_revenue) / COUNT(*)", WON),
    "sales_cycle": _leads("AVG(EXTRACT(EPOCH FROM lead.date_closed - lead.create_date) / 86400)", WON),
    "lead_conversion": _leads(
        PERCENT.format(
            "COUNT(*) FILTER (WHERE lead.type = 'opportunity' AND lead.date_conversion IS NOT NULL)", "COUNT(*)"
        ),
        """lead.create_date >= %(start)s AND lead.create_date < %(stop)s
           AND (lead.type = 'lead' OR lead.date_conversion IS NOT NULL)""",
    ),
    "open_leads": _leads("COUNT(*)", OPEN),
    "weighted_pipeline": _leads("SUM(lead.expected_revenue * lead.probability / 100)", OPEN),
    "data_completeness": _leads(PERCENT.format("SUM(%(filled)s)", "SUM(%(asked)s)"), OPEN),
    "deals_per_head": _cut(
        "SUM(num) / SUM(1.0 / share)",
        """(SELECT lead.team_id, lead.user_id, lead.sales_process_id AS process_id,
                   lead.sales_process_stage_id AS process_stage_id, lead.source_id, lead.country_id,
                   (lead.won_status = 'won' AND lead.date_closed < %(stop)s)::int AS num,
                   COUNT(*) OVER (PARTITION BY lead.user_id) AS share
              FROM crm_lead AS lead
             WHERE lead.user_id IS NOT NULL AND lead.type = 'opportunity'
               AND COALESCE(lead.date_conversion, lead.create_date) < %(stop)s
               AND ((lead.active AND lead.won_status = 'pending') OR lead.date_closed >= %(start)s)
               AND """
        + OF_COMPANY.format("lead")
        + ") AS dealt",
        "TRUE",
        PLAIN,
    ),
    "closing_slippage": _cut(
        "AVG(visit.days)",
        "sales_process_closing_change AS visit JOIN crm_lead AS lead ON lead.id = visit.lead_id",
        "visit.date >= %(start)s AND visit.date < %(stop)s AND visit.to_date IS NOT NULL",
        VISIT,
    ),
    "stage_conversion": _visits(
        PERCENT.format("COUNT(*) FILTER (WHERE visit.outcome IN ('advanced', 'won'))", "COUNT(*)"), ENDED
    ),
    "stage_time": _visits("percentile_cont(0.5) WITHIN GROUP (ORDER BY visit.duration_days)", ENDED),
    "stalled": _visits(
        PERCENT.format("COUNT(*) FILTER (WHERE visit.deadline < %(stop)s)", "COUNT(*)"),
        """visit.entered < %(stop)s AND (visit."left" IS NULL OR visit."left" >= %(stop)s)
           AND visit.deadline IS NOT NULL AND stage.is_won IS NOT TRUE""",
        "LEFT JOIN crm_stage AS stage ON stage.id = visit.stage_id",
    ),
    "first_response_time": _of_lead(
        "sales_process_response",
        "percentile_cont(0.5) WITHIN GROUP (ORDER BY COALESCE(fact.minutes_working, 0))",
        """fact.started >= %(start)s AND fact.started < %(stop)s
           AND fact.state IN ('kept', 'breached_answered')""",
        "COALESCE(fact.answered_by_id, lead.user_id)",
    ),
    "first_response_kept": _of_lead(
        "sales_process_response",
        PERCENT.format("COUNT(*) FILTER (WHERE fact.state = 'kept')", "COUNT(*)"),
        """fact.started >= %(start)s AND fact.started < %(stop)s
           AND fact.state IN ('kept', 'breached_open', 'breached_answered')""",
        "COALESCE(fact.answered_by_id, lead.user_id)",
    ),
    "sla_kept": _of_lead(
        "sales_process_support_request",
        PERCENT.format(
            """COUNT(*) FILTER (WHERE fact.state IN ('delivered', 'accepted')
                                  AND fact.resolution_breached IS NOT TRUE)""",
            "COUNT(*)",
        ),
        """fact.resolution_deadline >= %(start)s AND fact.resolution_deadline < %(stop)s
           AND fact.state <> 'cancelled' AND (fact.state <> 'waiting' OR fact.resolution_breached IS TRUE)""",
    ),
    "visits": _of_lead(
        "sales_process_touch",
        "COUNT(*)",
        """fact.date >= %(start)s AND fact.date < %(stop)s AND fact.human
           AND fact.source IN ('meeting', 'manual', 'note')
           AND (fact.source = 'meeting' OR point.channel_kind = 'offline')""",
        "COALESCE(fact.user_id, lead.user_id)",
        "LEFT JOIN sales_process_touchpoint AS point ON point.id = fact.touchpoint_id",
    ),
    "new_customer_share": _cut(
        PERCENT.format("COUNT(*) FILTER (WHERE NOT before)", "COUNT(*)"),
        f"({_buyers('start', 'stop')}) AS buyer",
        "TRUE",
        PLAIN,
    ),
    "repurchase_rate": _cut(
        PERCENT.format("COUNT(*) FILTER (WHERE before)", "COUNT(*)"),
        f"({_buyers('start', 'stop', latest=True)}) AS buyer",
        "TRUE",
        PLAIN,
    ),
    "new_customer_growth": _cut(
        PERCENT.format("SUM(num)", "SUM(den)"),
        f"""(SELECT {", ".join(PLAIN)}, 1 AS num, 0 AS den FROM ({_buyers("start", "stop")}) AS new WHERE NOT before
              UNION ALL
             SELECT {", ".join(PLAIN)}, -1, 1 FROM ({_buyers("before", "start")}) AS old WHERE NOT before) AS buyer""",
        "TRUE",
        PLAIN,
    ),
    "revenue_attainment": _cut(
        PERCENT.format("SUM(num)", "SUM(den)"),
        f"""(SELECT lead.team_id, lead.user_id, lead.sales_process_id AS process_id,
                    lead.sales_process_stage_id AS process_stage_id, lead.source_id, lead.country_id,
                    lead.expected_revenue::float8 AS num, 0::float8 AS den
               FROM crm_lead AS lead WHERE {WON} AND {OF_COMPANY.format("lead")}
              UNION ALL
             SELECT target.team_id, target.user_id, NULL, NULL, NULL, NULL, 0, target.value
               FROM sales_process_target AS target JOIN sales_process_kpi AS kpi ON kpi.id = target.kpi_id
              WHERE kpi.code = 'revenue' AND target.date_from = %(first)s AND target.date_to = %(last)s
                AND target.state IN ('active', 'closed')) AS part""",
        "TRUE",
        PLAIN,
    ),
    "deliverable_freshness": _of_lead(
        "sales_process_deliverable",
        PERCENT.format(
            """COUNT(*) FILTER (WHERE fact.content_date IS NULL
                                   OR fact.content_date >= %(today)s - requirement.freshness_days)""",
            "COUNT(*)",
        ),
        f"""requirement.freshness_days > 0 AND fact.state IN ('submitted', 'approved')
            AND fact.submitted_date < %(stop)s AND {OPEN}""",
        joins="JOIN sales_process_requirement AS requirement ON requirement.id = fact.requirement_id",
    ),
    "needs_match": _of_lead(
        "sales_process_deliverable",
        PERCENT.format(
            """COUNT(*) FILTER (WHERE fact.state <> 'rejected'
                      AND (requirement.approval_required IS NOT TRUE OR fact.state = 'approved')
                      AND NOT EXISTS (SELECT FROM sales_process_visit AS visit
                                        JOIN sales_process_stage AS back ON back.id = visit.process_stage_id
                                       WHERE visit.lead_id = fact.lead_id AND visit.direction = 'backward'
                                         AND visit.entered > fact.submitted_date AND back.process_id = stage.process_id
                                         AND (back.sequence, back.id) <= (stage.sequence, stage.id)))""",
            "COUNT(*)",
        ),
        """fact.submitted_date >= %(start)s AND fact.submitted_date < %(stop)s AND fact.state <> 'draft'
           AND (fact.requirement_id = ANY(%(needs)s)
                OR (requirement.spin_technique = 'need_payoff' AND requirement.judgement = 'document'))""",
        joins="""JOIN sales_process_requirement AS requirement ON requirement.id = fact.requirement_id
                 JOIN sales_process_stage AS stage ON stage.id = requirement.process_stage_id""",
    ),
    "proposals_on_time": _visits(
        PERCENT.format("COUNT(*) FILTER (WHERE handed_in.moment <= visit.deadline)", "COUNT(*)"),
        """visit.deadline >= %(start)s AND visit.deadline < %(stop)s
           AND visit.process_stage_id IN (SELECT process_stage_id FROM sales_process_requirement
                                           WHERE gate = 'exit' AND id = ANY(%(proposals)s))
           AND (visit."left" IS NULL OR visit."left" >= visit.deadline OR visit.outcome IN ('advanced', 'won')
                OR handed_in.moment <= visit.deadline)""",
        """LEFT JOIN LATERAL (SELECT MIN(LEAST(document.submitted_date, document.create_date)) AS moment
                                FROM sales_process_deliverable AS document
                               WHERE document.lead_id = visit.lead_id AND document.requirement_id = ANY(%(proposals)s)
                                 AND document.submitted_date IS NOT NULL) AS handed_in ON TRUE""",
    ),
    "node_completion_rate": _cut(
        PERCENT.format("SUM(asked.count - COALESCE(missing.count, 0))", "SUM(asked.count)"),
        """sales_process_visit AS visit
           JOIN crm_lead AS lead ON lead.id = visit.lead_id
           JOIN sales_process AS process ON process.id = visit.process_id AND process.enforcement <> 'off'
           JOIN asked ON asked.process_stage_id = visit.process_stage_id
           LEFT JOIN missing ON missing.visit_id = visit.id""",
        PASSED,
        VISIT,
        head="""
        WITH asked AS (SELECT process_stage_id, COUNT(*) AS count FROM sales_process_requirement
                        WHERE mandatory AND gate = 'exit' GROUP BY process_stage_id),
             missing AS (SELECT visit.id AS visit_id, COUNT(DISTINCT requirement.id) AS count
                           FROM sales_process_decision AS decision
                          CROSS JOIN LATERAL jsonb_array_elements(decision.unmet) AS entry
                           JOIN sales_process_requirement AS requirement
                             ON requirement.id = (entry ->> 'id')::integer AND requirement.mandatory
                            AND requirement.gate = 'exit'
                           JOIN sales_process_visit AS visit
                             ON visit.lead_id = decision.lead_id
                            AND visit.process_stage_id = requirement.process_stage_id
                            AND visit."left" BETWEEN decision.date - interval '1 second'
                                                 AND decision.date + interval '1 second'
                          WHERE decision.outcome IN ('overridden', 'warned', 'exempt')
                            AND jsonb_typeof(decision.unmet) = 'array'
                            AND decision.date >= %(start)s AND decision.date < %(stop)s
                          GROUP BY visit.id)""",
    ),
    "node_pass_rate": _cut(
        PERCENT.format("SUM(attempt.first)", "COUNT(*)"),
        f"""(SELECT {ATTEMPT}, (NOT EXISTS (
                       SELECT FROM sales_process_decision AS decision
                        WHERE decision.lead_id = visit.lead_id AND decision.from_stage_id = visit.stage_id
                          AND decision.outcome <> 'passed' AND decision.date >= visit.entered
                          AND decision.date <= visit."left" + interval '1 second'))::int AS first
               FROM sales_process_visit AS visit WHERE {PASSED}
              UNION ALL
             SELECT {ATTEMPT}, 0
               FROM sales_process_decision AS decision
               JOIN sales_process_visit AS visit
                 ON visit.lead_id = decision.lead_id AND visit.stage_id = decision.from_stage_id
                AND visit.entered <= decision.date AND (visit."left" IS NULL OR visit."left" > decision.date)
              WHERE decision.outcome = 'refused' AND decision.date >= %(start)s
                AND decision.date < %(stop)s) AS attempt JOIN crm_lead AS lead ON lead.id = attempt.lead_id""",
        "TRUE",
        tuple(column.replace("visit.", "attempt.") for column in VISIT),
    ),
}

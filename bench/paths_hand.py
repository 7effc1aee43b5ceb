"""Paths and gates of one process, each as the SELECT that someone who knows the tables would write for it.

Parameters: ``process``, ``start`` and ``stop`` in UTC, ``now``, ``company``.  Positions are the places of the stages in
the process; all stages are mandatory, and passing a stage over asks for its gates.
"""

PLACES = """
    place AS (SELECT id, row_number() OVER (ORDER BY sequence, id)::int AS position
                FROM sales_process_stage WHERE process_id = %(process)s)"""

#: Variants, deviations, nodes and edges with their deals, outcomes and medians.
PATHS = f"""
    WITH {PLACES}, step AS MATERIALIZED (
        SELECT visit.lead_id, visit.id, visit.entered, visit."left", COALESCE(place.position, 0) AS node,
               CASE WHEN visit."left" IS NOT NULL THEN visit.duration_days END AS duration,
               COALESCE(visit."left", %(now)s) > visit.deadline AS late,
               LAG(COALESCE(place.position, 0)) OVER course AS previous,
               LEAD(COALESCE(place.position, 0)) OVER course AS following
          FROM sales_process_visit AS visit
          LEFT JOIN place ON place.id = visit.process_stage_id
         WHERE visit.process_id = %(process)s AND visit.entered >= %(start)s
           AND NOT EXISTS (SELECT FROM sales_process_visit AS before
                            WHERE before.lead_id = visit.lead_id AND before.process_id = %(process)s
                              AND before.entered < %(start)s)
        WINDOW course AS (PARTITION BY visit.lead_id ORDER BY visit.entered, visit.id)
    ), path AS (
        SELECT lead_id, MIN(entered) AS began, MAX("left") AS ended,
               string_agg(node::text, '-' ORDER BY entered, id) FILTER (WHERE node IS DISTINCT FROM previous) AS nodes,
               array_agg(DISTINCT node) FILTER (WHERE late) AS late
          FROM step GROUP BY lead_id HAVING MIN(entered) < %(stop)s
    ), deal AS MATERIALIZED (
        SELECT path.nodes, path.late, lead.won_status = 'won' AS won, lead.won_status = 'lost' AS lost,
               EXTRACT(EPOCH FROM CASE WHEN lead.won_status <> 'pending' THEN lead.date_closed
                                       WHEN NOT lead.active THEN path.ended ELSE %(now)s END - path.began) / 86400
                   AS days
          FROM path JOIN crm_lead AS lead ON lead.id = path.lead_id
         WHERE lead.type = 'opportunity' AND (lead.company_id = %(company)s OR lead.company_id IS NULL)
    ), variant AS MATERIALIZED (
        SELECT nodes, COUNT(*) AS deals, COUNT(*) FILTER (WHERE won) AS won, COUNT(*) FILTER (WHERE lost) AS lost,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS days
          FROM deal GROUP BY nodes
    ), course AS (
        SELECT nodes, string_to_array(nodes, '-')::int[] AS stops FROM variant
    ), turn AS (
        SELECT nodes, stop.node, LAG(stop.node) OVER (PARTITION BY nodes ORDER BY stop.number) AS previous
          FROM course CROSS JOIN unnest(stops) WITH ORDINALITY AS stop(node, number)
    ), deviation AS (
        SELECT course.nodes, 'skipped' AS kind, place.position
          FROM course JOIN place ON place.position < (SELECT MAX(node) FROM unnest(stops) AS node)
               AND NOT place.position = ANY(stops)
         UNION
        SELECT nodes, 'out_of_order', node FROM turn WHERE node < previous AND node > 0
         UNION
        SELECT nodes, 'repeated', node FROM turn WHERE node > 0 GROUP BY nodes, node HAVING COUNT(*) > 1
    )
    SELECT 'variant' AS kind, nodes, NULL::int AS position, NULL::int AS following, deals, won, lost, days FROM variant
     UNION ALL
    SELECT deviation.kind, NULL, deviation.position, NULL, COUNT(*), COUNT(*) FILTER (WHERE won),
           COUNT(*) FILTER (WHERE lost), percentile_cont(0.5) WITHIN GROUP (ORDER BY days)
      FROM deviation JOIN deal USING (nodes) GROUP BY deviation.kind, deviation.position
     UNION ALL
    SELECT 'too_long', NULL, node, NULL, COUNT(*), COUNT(*) FILTER (WHERE won), COUNT(*) FILTER (WHERE lost),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY days)
      FROM deal CROSS JOIN unnest(late) AS node GROUP BY node
     UNION ALL
    SELECT 'node', NULL, node, NULL, COUNT(*), 0, 0, percentile_cont(0.5) WITHIN GROUP (ORDER BY duration)
      FROM step WHERE duration IS NOT NULL GROUP BY node
     UNION ALL
    SELECT 'edge', NULL, node, following, COUNT(*), 0, 0, percentile_cont(0.5) WITHIN GROUP (ORDER BY duration)
      FROM step WHERE following <> node GROUP BY node, following
"""

#: For each requirement: asked, refused, refusals, let pass, held back, won and closed of all, won and closed without it,
#: held up, median days.
GATES = f"""
    WITH {PLACES}, requirement AS (
        SELECT requirement.id, requirement.gate, place.position
          FROM sales_process_requirement AS requirement JOIN place ON place.id = requirement.process_stage_id
    ), course AS (
        SELECT visit.lead_id, visit.entered AS at, visit.direction, visit.is_rebuilt, place.position AS target,
               LAG(place.position) OVER earlier AS origin, LAG(visit.entered) OVER earlier AS came
          FROM sales_process_visit AS visit
          LEFT JOIN place ON place.id = visit.process_stage_id
         WHERE visit.process_id = %(process)s AND (visit."left" >= %(start)s OR visit."left" IS NULL)
        WINDOW earlier AS (PARTITION BY visit.lead_id ORDER BY visit.entered, visit.id)
    ), move AS MATERIALIZED (
        SELECT course.*, lead.won_status
          FROM course JOIN crm_lead AS lead ON lead.id = course.lead_id
         WHERE course.at >= %(start)s AND course.is_rebuilt IS NOT TRUE AND course.direction = 'forward'
           AND lead.type = 'opportunity' AND (lead.company_id = %(company)s OR lead.company_id IS NULL)
    ), arrival AS MATERIALIZED (
        SELECT lead_id, gate, position, MAX(at) AS at, bool_or(at < %(stop)s) AS inside, MIN(won_status) AS won_status
          FROM (SELECT lead_id, at, won_status, 'exit' AS gate, origin AS position FROM move WHERE origin IS NOT NULL
                 UNION ALL
                SELECT lead_id, at, won_status, 'entry', target FROM move WHERE target IS NOT NULL
                 UNION ALL
                SELECT lead_id, at, won_status, gate, position
                  FROM move CROSS JOIN generate_series(origin + 1, target - 1) AS between_them(position)
                 CROSS JOIN (VALUES ('exit'), ('entry')) AS each(gate)) AS crossed
         GROUP BY lead_id, gate, position
    ), spoken AS MATERIALIZED (
        SELECT requirement.id, decision.lead_id, MIN(lead.won_status) AS won_status, MIN(arrival.at) AS at,
               bool_or(arrival.inside) AS inside,
               COUNT(*) FILTER (WHERE decision.outcome = 'refused' AND decision.date >= %(start)s
                                  AND decision.date < %(stop)s) AS refusals,
               MIN(decision.date) FILTER (WHERE decision.outcome = 'refused' AND decision.date >= %(start)s
                                            AND decision.date < %(stop)s) AS refused,
               MAX(decision.date) FILTER (WHERE decision.outcome <> 'refused') AS let
          FROM sales_process_decision AS decision
         CROSS JOIN jsonb_array_elements(decision.unmet) AS unmet(entry)
          JOIN requirement ON requirement.id = (unmet.entry ->> 'id')::int
          JOIN crm_lead AS lead ON lead.id = decision.lead_id
          LEFT JOIN arrival ON arrival.lead_id = decision.lead_id AND arrival.gate = requirement.gate
               AND arrival.position = requirement.position
         WHERE decision.process_id = %(process)s AND decision.outcome IN ('refused', 'overridden', 'warned')
           AND decision.date >= %(start)s - INTERVAL '1 second'
           AND lead.type = 'opportunity' AND (lead.company_id = %(company)s OR lead.company_id IS NULL)
         GROUP BY requirement.id, decision.lead_id
    ), special AS MATERIALIZED (
        SELECT *, CASE WHEN at IS NULL OR at < refused THEN 'held'
                       WHEN let >= at - INTERVAL '1 second' THEN 'overridden' ELSE 'met' END AS state
          FROM spoken WHERE refusals > 0 OR inside
    ), settled AS (
        SELECT lead_id, requirement_id, date FROM sales_process_answer WHERE state IN ('done', 'approved', 'na')
         UNION ALL
        SELECT lead_id, requirement_id,
               CASE state WHEN 'approved' THEN COALESCE(decision_date, submitted_date) ELSE submitted_date END
          FROM sales_process_deliverable WHERE state IN ('submitted', 'approved')
    ), turn AS (
        SELECT settled.requirement_id AS id, move.lead_id, settled.date, move.came,
               LAG(settled.date) OVER earlier AS before, LEAD(settled.requirement_id) OVER earlier AS next
          FROM move
          JOIN settled ON settled.lead_id = move.lead_id
          JOIN requirement ON requirement.id = settled.requirement_id
               AND (requirement.gate = 'exit' AND requirement.position = move.origin
                    OR requirement.gate = 'entry' AND requirement.position = move.target)
         WHERE settled.date BETWEEN move.came AND move.at AND move.at < %(stop)s
        WINDOW earlier AS (PARTITION BY move.lead_id, move.at ORDER BY settled.date, settled.requirement_id)
    ), delay AS (
        SELECT id, EXTRACT(EPOCH FROM at - refused) / 86400 AS days FROM special WHERE refusals > 0 AND at >= refused
         UNION ALL
        SELECT turn.id, MAX(EXTRACT(EPOCH FROM turn.date - COALESCE(turn.before, turn.came))) / 86400
          FROM turn LEFT JOIN special ON special.id = turn.id AND special.lead_id = turn.lead_id AND special.refusals > 0
         WHERE turn.next IS NULL AND special.id IS NULL GROUP BY turn.id, turn.lead_id
    )
    SELECT requirement.id, COALESCE(gate.deals, 0) + COALESCE(named.later, 0) AS asked, COALESCE(named.refused, 0),
           COALESCE(named.refusals, 0), COALESCE(named.overridden, 0), COALESCE(named.held, 0),
           gate.won, gate.closed, named.won, named.closed, COALESCE(delays.deals, 0), delays.days
      FROM requirement
      LEFT JOIN (SELECT gate, position, COUNT(*) AS deals, COUNT(*) FILTER (WHERE won_status = 'won') AS won,
                        COUNT(*) FILTER (WHERE won_status IN ('won', 'lost')) AS closed
                   FROM arrival WHERE inside GROUP BY gate, position) AS gate
        ON gate.gate = requirement.gate AND gate.position = requirement.position
      LEFT JOIN (SELECT id, COUNT(*) FILTER (WHERE inside IS NOT TRUE) AS later,
                        COUNT(*) FILTER (WHERE refusals > 0) AS refused,
                        SUM(refusals) AS refusals, COUNT(*) FILTER (WHERE state = 'overridden') AS overridden,
                        COUNT(*) FILTER (WHERE state = 'held') AS held,
                        COUNT(*) FILTER (WHERE state <> 'met' AND won_status = 'won') AS won,
                        COUNT(*) FILTER (WHERE state <> 'met' AND won_status IN ('won', 'lost')) AS closed
                   FROM special GROUP BY id) AS named ON named.id = requirement.id
      LEFT JOIN (SELECT id, COUNT(*) AS deals, percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS days
                   FROM delay GROUP BY id) AS delays ON delays.id = requirement.id
"""

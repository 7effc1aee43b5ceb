from odoo import api, models
from odoo.tools import SQL

#: Decisions that let a deal through although something was missing. (Exempt ones start anew, and pass no gate.)
LET_PASS = ("overridden", "warned")
#: What a decision and the move it is about may lie apart.
INSTANT = SQL("INTERVAL '1 second'")
#: How a requirement stands for a deal, and SQL of it in terms of ``standing``.
PARTS = {
    "asked": SQL("TRUE"),
    "met": SQL("standing.state = 'met'"),
    "na": SQL("standing.state = 'na'"),
    "overridden": SQL("standing.state = 'overridden'"),
    "held": SQL("standing.state = 'held'"),
    "unmet": SQL("standing.state = 'unmet'"),
    "refused": SQL("standing.refusals > 0"),
    "delayed": SQL("standing.days IS NOT NULL"),
    "with": SQL("standing.state = 'met' AND standing.outcome IN ('won', 'lost')"),
    "with_won": SQL("standing.state = 'met' AND standing.outcome = 'won'"),
    "without": SQL("standing.state <> 'met' AND standing.outcome IN ('won', 'lost')"),
    "without_won": SQL("standing.state <> 'met' AND standing.outcome = 'won'"),
}


class SalesProcessEffectivenessFacts(models.AbstractModel):
    """How each requirement stood when deals came to its gate, read from stays, decisions, answers and documents.

    A deal comes to a gate by a move forward. It asks for what leaving its stage and entering the next one asks for
    and, where the process says so, for both gates of the stages passed over. A gate that lets a deal pass in silence
    has everything, so that one row a deal and gate is enough: only what was refused, let pass or excused, which is
    little, is looked at by requirement. Moves of a past that was rebuilt from CRM's own log passed no gate.

    Requirements that hold nobody back (advisory ones, and all where gates are off) leave no decision. Those are met
    where an answer or a document from before the move says so; for those judged by fields, conditions and activities
    nobody can tell any more.
    """

    _name = "sales.process.effectiveness.facts"
    _description = "Requirements at Gates"
    _inherit = ["sales.process.analysis"]

    @api.model
    def _get_requirements(self, filters):
        """In the order in which deals come to them."""
        order = {stage: number for number, stage in enumerate(self._get_stages(filters))}
        return filters.process.stage_ids.requirement_ids.sorted(
            lambda requirement: (
                order[requirement.process_stage_id],
                requirement.gate == "exit",
                requirement.sequence,
                requirement.id,
            )
        )

    @api.model
    def _is_soft(self, filters, requirement):
        """Whether the gate lets deals pass without it, and without a word."""
        return not requirement.mandatory or filters.process._get_enforcement(filters.company) == "off"

    @api.model
    def _is_known(self, filters, requirement):
        return not self._is_soft(filters, requirement) or requirement.judgement in ("manual", "approval", "document")

    @api.model
    def _read_figures(self, filters):
        """:return: {requirement id: {"asked", "met", "na", "overridden", "held", "unmet", "refused", "refusals",
        "delayed", "days", "with", "with_won", "without", "without_won"}}
        """
        requirements = self._get_requirements(filters)
        soft = requirements.filtered(
            lambda requirement: self._is_soft(filters, requirement) and self._is_known(filters, requirement)
        )
        rows = self._select(
            SQL(
                """
                SELECT requirement.id, gate.deals, gate.won, gate.closed, special.*, delays.deals, delays.days
                  FROM requirement
                  LEFT JOIN (SELECT gate, position, COUNT(*) AS deals, COUNT(*) FILTER (WHERE outcome = 'won') AS won,
                                    COUNT(*) FILTER (WHERE outcome IN ('won', 'lost')) AS closed
                               FROM arrival WHERE inside GROUP BY gate, position) AS gate
                    ON gate.gate = requirement.gate AND gate.position = requirement.position
                  LEFT JOIN (SELECT standing.requirement_id,
                                    COUNT(*) FILTER (WHERE NOT inside) AS later,
                                    COUNT(*) FILTER (WHERE NOT inside AND outcome = 'won') AS later_won,
                                    COUNT(*) FILTER (WHERE NOT inside AND outcome IN ('won', 'lost')) AS later_closed,
                                    COUNT(*) FILTER (WHERE state = 'na') AS na,
                                    COUNT(*) FILTER (WHERE state = 'overridden') AS overridden,
                                    COUNT(*) FILTER (WHERE state = 'held') AS held,
                                    COUNT(*) FILTER (WHERE state = 'unmet') AS unmet,
                                    COUNT(*) FILTER (WHERE refusals > 0) AS refused, SUM(refusals) AS refusals,
                                    COUNT(*) FILTER (WHERE state <> 'met' AND outcome = 'won') AS without_won,
                                    COUNT(*) FILTER (WHERE state <> 'met' AND outcome IN ('won', 'lost')) AS without
                               FROM standing GROUP BY standing.requirement_id) AS special
                    ON special.requirement_id = requirement.id
                  LEFT JOIN (SELECT requirement_id, COUNT(*) AS deals,
                                    percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS days
                               FROM delay GROUP BY requirement_id) AS delays
                    ON delays.requirement_id = requirement.id
                """
            ),
            filters,
            requirements,
            soft,
        )
        return {number: self._prepare_figures(*row) for number, *row in rows}

    @api.model
    def _prepare_figures(self, passed, won, closed, _requirement, *row):
        """:param passed, won, closed: deals that passed the gate in the period; the rest as ``_read_figures`` selects it"""
        passed, won, closed = (value or 0 for value in (passed, won, closed))
        *counts, delayed, days = row
        counts = [int(value or 0) for value in counts]
        later, later_won, later_closed, na, overridden, held, unmet, refused, refusals, without_won, without = counts
        return {
            "asked": passed + later,
            "met": passed + later - na - overridden - held - unmet,
            "na": na,
            "overridden": overridden,
            "held": held,
            "unmet": unmet,
            "refused": refused,
            "refusals": refusals,
            "delayed": delayed or 0,
            "days": days,
            "with": closed + later_closed - without,
            "with_won": won + later_won - without_won,
            "without": without,
            "without_won": without_won,
        }

    @api.model
    def _read_lead_ids(self, filters, requirement, part, limit):
        """The deals behind one number of a requirement, found by the statement that counts them.

        :return: ids, newest first
        """
        soft = requirement if self._is_soft(filters, requirement) and self._is_known(filters, requirement) else None
        rows = self._select(
            SQL(
                """
                SELECT standing.lead_id
                  FROM (SELECT COALESCE(special.lead_id, arrival.lead_id) AS lead_id,
                               COALESCE(special.state, 'met') AS state, COALESCE(special.refusals, 0) AS refusals,
                               COALESCE(special.outcome, arrival.outcome) AS outcome, delay.days
                          FROM (SELECT * FROM arrival
                                 WHERE inside AND (gate, position) IN (SELECT gate, position FROM requirement))
                               AS arrival
                          FULL JOIN standing AS special ON special.lead_id = arrival.lead_id
                          LEFT JOIN delay ON delay.lead_id = COALESCE(special.lead_id, arrival.lead_id)) AS standing
                 WHERE %s
                 ORDER BY standing.lead_id DESC LIMIT %s
                """,
                PARTS[part],
                limit,
            ),
            filters,
            requirement,
            soft,
        )
        return [lead_id for (lead_id,) in rows]

    @api.model
    def _read_decision_ids(self, filters, requirement, outcomes, limit):
        """Decisions of the period that name a requirement as missing, newest first."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH lead AS (%(leads)s)
                SELECT decision.id FROM sales_process_decision AS decision
                  JOIN lead ON lead.id = decision.lead_id
                 WHERE decision.process_id = %(process)s AND decision.outcome = ANY(%(outcomes)s)
                   AND decision.date >= %(start)s AND decision.date < %(stop)s
                   AND decision.unmet @> jsonb_build_array(jsonb_build_object('id', %(requirement)s))
                 ORDER BY decision.date DESC, decision.id DESC LIMIT %(limit)s
                """,
                leads=self._get_leads_sql(filters),
                process=filters.process.id or 0,
                outcomes=list(outcomes),
                start=filters.start,
                stop=filters.stop,
                requirement=requirement.id,
                limit=limit,
            )
        )
        return [number for (number,) in rows]

    # ------------------------------------------------------------------
    # The statement
    # ------------------------------------------------------------------

    @api.model
    def _select(self, select, filters, requirements, soft=None):
        """:param select: what to read from

        * requirement (id, gate, position)
        * arrival: one row a deal and gate passed: (lead_id, gate, position, at: the last time, inside: within the
          period, outcome)
        * standing: one row a deal and requirement of those that are not simply met: (requirement_id, lead_id, state,
          refusals, inside, outcome)
        * delay: (requirement_id, lead_id, days)

        :param soft: requirements that are looked up in answers and documents
        """
        self.env.flush_all()
        # PostgreSQL knows no sizes of what a statement makes on its way. It expects a row or two of each part, and
        # would compare all of one with all of another; hashing is right for few rows as well as for many.
        self.env.cr.execute(SQL("SET LOCAL enable_nestloop = off"))
        rows = self.env.execute_query(
            SQL(
                "WITH %(leads)s, %(moves)s, %(standings)s, %(delays)s %(select)s",
                leads=self._get_definitions_sql(filters, requirements),
                moves=self._get_moves_sql(filters, requirements),
                standings=self._get_standings_sql(filters, requirements, soft),
                delays=self._get_delays_sql(filters),
                select=select,
            )
        )
        self.env.cr.execute(SQL("SET LOCAL enable_nestloop TO DEFAULT"))
        return rows

    @api.model
    def _get_definitions_sql(self, filters, requirements):
        positions = {stage: position for position, stage in enumerate(self._get_stages(filters), 1)}

        def values(chosen):
            rows = [
                SQL(
                    "(%s::int, %s::text, %s::int, %s::boolean)",
                    requirement.id,
                    requirement.gate,
                    positions[requirement.process_stage_id],
                    requirement.allow_na,
                )
                for requirement in chosen
            ]
            return SQL("VALUES %s", SQL(", ").join(rows)) if rows else SQL("SELECT 0, '', 0, FALSE WHERE FALSE")

        return SQL(
            "lead AS (%(leads)s), place(stage, position) AS (%(places)s), "
            "requirement(id, gate, position, allow_na) AS (%(requirements)s), "
            "owner(id, gate, position, allow_na) AS (%(owners)s)",
            leads=self._get_leads_sql(filters),
            places=self._get_places_sql(self._get_stages(filters)),
            requirements=values(requirements),
            owners=values(self._get_requirements(filters)),
        )

    @api.model
    def _get_moves_sql(self, filters, requirements):
        """Moves forward since the period began, and the gates they went through.

        The stay that a move ended did not end before it, so stays that ended before the period are left out.
        """
        gates = self._get_gates_sql(filters)
        return SQL(
            """
            course AS (
                SELECT visit.lead_id, visit.id, visit.entered AS at, visit.direction, visit.is_rebuilt,
                       COALESCE(place.position, CASE WHEN stage.is_won THEN %(won)s END) AS target,
                       LAG(visit.id) OVER earlier AS previous,
                       LAG(place.position) OVER earlier AS origin, LAG(visit.entered) OVER earlier AS came,
                       lead.outcome
                  FROM sales_process_visit AS visit
                  JOIN lead ON lead.id = visit.lead_id
                  LEFT JOIN place ON place.stage = visit.process_stage_id
                  LEFT JOIN crm_stage AS stage ON stage.id = visit.stage_id
                 WHERE visit.process_id = %(process)s AND (visit."left" >= %(start)s OR visit."left" IS NULL)
                WINDOW earlier AS (PARTITION BY visit.lead_id ORDER BY visit.entered, visit.id)
            ),
            move AS MATERIALIZED (
                SELECT course.lead_id, course.at, course.came, course.outcome, course.target,
                       CASE WHEN course.direction <> 'entry' THEN course.origin
                            -- Created in a later stage, a deal is judged as if it were dragged there from the first.
                            WHEN course.target > 1 AND NOT EXISTS (
                                 SELECT FROM sales_process_visit AS before
                                  WHERE before.lead_id = course.lead_id AND before.id <> course.id
                                    AND (before.entered, before.id) < (course.at, course.id)) THEN 1
                            END AS origin
                  FROM course
                 WHERE course.at >= %(start)s AND course.is_rebuilt IS NOT TRUE AND course.target IS NOT NULL
                   AND (course.direction = 'forward' OR course.direction = 'entry' AND course.target > 1
                        OR course.direction = 'aside' AND course.target > course.origin)
            ),
            arrival AS MATERIALIZED (
                SELECT move.lead_id, crossed.gate, crossed.position, MAX(move.at) AS at,
                       bool_or(move.at < %(stop)s) AS inside, MIN(move.outcome) AS outcome
                  FROM move CROSS JOIN LATERAL (%(gates)s) AS crossed(gate, position)
                 WHERE %(wanted)s
                 GROUP BY move.lead_id, crossed.gate, crossed.position
            )
            """,
            won=len(self._get_stages(filters)) + 1,
            process=filters.process.id or 0,
            start=filters.start,
            stop=filters.stop,
            gates=gates,
            wanted=SQL("(crossed.gate, crossed.position) IN (SELECT gate, position FROM requirement)")
            if len(requirements) == 1
            else SQL("crossed.position IS NOT NULL"),
        )

    @api.model
    def _get_gates_sql(self, filters):
        """:return: SQL of (gate, position) that a ``move`` goes through"""
        ends = SQL("VALUES ('exit', move.origin), ('entry', move.target)")
        if filters.process.skip_rule != "gates":
            return ends
        return SQL(
            """%s UNION ALL
               SELECT gate, between_them.position
                 FROM generate_series(move.origin + 1, move.target - 1) AS between_them(position)
                CROSS JOIN (VALUES ('exit'), ('entry')) AS each(gate)""",
            ends,
        )

    @api.model
    def _get_standings_sql(self, filters, requirements, soft):
        """Refused, let pass, excused, and not answered where the gate does not ask."""
        return SQL(
            """
            named AS (
                SELECT decision.lead_id, (unmet.entry ->> 'id')::int AS requirement_id, decision.outcome, decision.date
                  FROM sales_process_decision AS decision
                 CROSS JOIN LATERAL jsonb_array_elements(
                       CASE jsonb_typeof(decision.unmet) WHEN 'array' THEN decision.unmet ELSE '[]' END)
                       AS unmet(entry)
                 WHERE decision.process_id = %(process)s AND decision.date >= %(start)s - %(instant)s
                   AND decision.outcome = ANY(%(outcomes)s)
            ),
            spoken AS (
                SELECT requirement.id AS requirement_id, lead.id AS lead_id, MIN(lead.outcome) AS outcome,
                       COUNT(*) FILTER (WHERE named.outcome = 'refused' AND date >= %(start)s AND date < %(stop)s)
                           AS refusals,
                       MIN(date) FILTER (WHERE named.outcome = 'refused' AND date >= %(start)s AND date < %(stop)s)
                           AS refused,
                       MAX(date) FILTER (WHERE named.outcome <> 'refused') AS let, FALSE AS excused
                  FROM named
                  JOIN requirement ON requirement.id = named.requirement_id
                  JOIN lead ON lead.id = named.lead_id
                 GROUP BY requirement.id, lead.id
            ),
            excused AS (
                SELECT answer.requirement_id, answer.lead_id, answer.date
                  FROM sales_process_answer AS answer
                  JOIN requirement ON requirement.id = answer.requirement_id AND requirement.allow_na
                 WHERE answer.state = 'na'
            ),
            standing AS MATERIALIZED (
                SELECT spoken.requirement_id, spoken.lead_id, spoken.outcome, spoken.refusals, spoken.refused,
                       arrival.at, COALESCE(arrival.inside, FALSE) AS inside,
                       CASE WHEN arrival.at IS NULL OR arrival.at < spoken.refused THEN 'held'
                            WHEN spoken.let >= arrival.at - %(instant)s THEN 'overridden'
                            WHEN excused.date <= arrival.at + %(instant)s THEN 'na' ELSE 'met' END AS state
                  FROM spoken
                  JOIN requirement ON requirement.id = spoken.requirement_id
                  LEFT JOIN arrival ON arrival.lead_id = spoken.lead_id AND arrival.gate = requirement.gate
                       AND arrival.position = requirement.position
                  LEFT JOIN excused ON excused.requirement_id = spoken.requirement_id
                       AND excused.lead_id = spoken.lead_id
                 WHERE spoken.refusals > 0 OR arrival.inside
                 UNION ALL
                SELECT excused.requirement_id, excused.lead_id, arrival.outcome, 0, NULL, arrival.at, TRUE, 'na'
                  FROM excused
                  JOIN requirement ON requirement.id = excused.requirement_id
                  JOIN arrival ON arrival.lead_id = excused.lead_id AND arrival.gate = requirement.gate
                       AND arrival.position = requirement.position AND arrival.inside
                 WHERE excused.date <= arrival.at + %(instant)s
                   AND NOT EXISTS (SELECT FROM spoken WHERE spoken.requirement_id = excused.requirement_id
                                      AND spoken.lead_id = excused.lead_id)
                 %(soft)s
            )
            """,
            process=filters.process.id or 0,
            start=filters.start,
            stop=filters.stop,
            instant=INSTANT,
            outcomes=["refused", *LET_PASS],
            soft=self._get_soft_sql(soft),
        )

    @api.model
    def _get_soft_sql(self, soft):
        """Deals that passed without what the gate only recommends."""
        if not soft:
            return SQL()
        return SQL(
            """
             UNION ALL
            SELECT requirement.id, arrival.lead_id, arrival.outcome, 0, NULL, arrival.at, TRUE, 'unmet'
              FROM arrival
              JOIN requirement ON requirement.gate = arrival.gate AND requirement.position = arrival.position
              JOIN sales_process_requirement AS definition ON definition.id = requirement.id
             WHERE arrival.inside AND requirement.id = ANY(%(soft)s)
               AND NOT EXISTS (SELECT FROM spoken WHERE spoken.requirement_id = requirement.id
                                  AND spoken.lead_id = arrival.lead_id)
               AND NOT EXISTS (SELECT FROM sales_process_answer AS answer
                                WHERE answer.lead_id = arrival.lead_id AND answer.requirement_id = requirement.id
                                  AND answer.date <= arrival.at + %(instant)s
                                  AND (answer.state = 'na' AND requirement.allow_na OR answer.state = 'approved'
                                       OR answer.state = 'done' AND definition.judgement = 'manual'
                                          AND COALESCE(answer.count, 0) >= COALESCE(definition.min_count, 0)))
               AND NOT EXISTS (SELECT FROM sales_process_deliverable AS document
                                WHERE document.lead_id = arrival.lead_id AND document.requirement_id = requirement.id
                                  AND document.submitted_date <= arrival.at + %(instant)s
                                  AND (document.state = 'approved'
                                       OR document.state = 'submitted' AND definition.approval_required IS NOT TRUE))
            """,
            soft=soft.ids,
            instant=INSTANT,
        )

    @api.model
    def _get_delays_sql(self, filters):
        """For how long each requirement held deals up, in calendar days.

        A deal that was refused because of it: from the first refusal that named it to the move through the same gate.
        Any other: where it was the last to be settled before the deal left, from the last of the others, or from
        entering the stage, to its own answer or document: the time for which nothing else was missing. What is
        settled without an answer (fields, conditions, activities) leaves no time and holds nobody up but by refusals.
        """
        return SQL(
            """
            settled AS (
                SELECT answer.lead_id, answer.requirement_id, answer.date FROM sales_process_answer AS answer
                 WHERE answer.state IN ('done', 'approved', 'na')
                 UNION ALL
                SELECT document.lead_id, document.requirement_id,
                       CASE document.state WHEN 'approved'
                            THEN COALESCE(document.decision_date, document.submitted_date)
                            ELSE document.submitted_date END
                  FROM sales_process_deliverable AS document WHERE document.state IN ('submitted', 'approved')
            ),
            turn AS (
                SELECT settled.requirement_id, move.lead_id, settled.date, move.came,
                       LAG(settled.date) OVER earlier AS before,
                       LEAD(settled.requirement_id) OVER earlier AS next
                  FROM move
                  JOIN settled ON settled.lead_id = move.lead_id
                  JOIN owner ON owner.id = settled.requirement_id
                       AND (owner.gate = 'exit' AND owner.position = move.origin
                            OR owner.gate = 'entry' AND owner.position = move.target)
                 WHERE settled.date BETWEEN move.came AND move.at AND move.at < %s
                WINDOW earlier AS (PARTITION BY move.lead_id, move.at ORDER BY settled.date, settled.requirement_id)
            ),
            delay AS MATERIALIZED (
                SELECT standing.requirement_id, standing.lead_id,
                       EXTRACT(EPOCH FROM standing.at - standing.refused)::float8 / 86400 AS days
                  FROM standing WHERE standing.refusals > 0 AND standing.at >= standing.refused
                 UNION ALL
                SELECT turn.requirement_id, turn.lead_id,
                       MAX(EXTRACT(EPOCH FROM turn.date - COALESCE(turn.before, turn.came)))::float8 / 86400
                  FROM turn
                  JOIN requirement ON requirement.id = turn.requirement_id
                 WHERE turn.next IS NULL
                   AND NOT EXISTS (SELECT FROM standing WHERE standing.requirement_id = turn.requirement_id
                                      AND standing.lead_id = turn.lead_id AND standing.refusals > 0)
                 GROUP BY turn.requirement_id, turn.lead_id
            )
            """,
            filters.stop,
        )

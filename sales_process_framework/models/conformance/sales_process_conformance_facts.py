from collections import Counter
from dataclasses import dataclass, field

import numpy

from odoo import api, models
from odoo.tools import SQL

from ...tools import conformance
from ..analysis.sales_process_analysis import RECORD_LIMIT

OUTCOMES = ("won", "lost", "archived", "open")


@dataclass(frozen=True, slots=True)
class PathGroup:
    """Deals that went the same way.

    :ivar path: see :mod:`~..tools.conformance`
    :ivar joined: they came from another process or version in the middle of their way
    :ivar late: positions of stages in which they were longer than allowed
    :ivar tags, team: only those that the allow-list asks for
    :ivar counts: {outcome: deals}
    :ivar days: of each deal from its first stage to its end, or to now
    :ivar rebuilt: deals whose path begins before the process was in use
    :ivar lead_ids: newest first, only where they were asked for
    """

    path: tuple
    joined: bool
    late: tuple
    tags: tuple
    team: int | None
    counts: Counter
    days: numpy.ndarray
    rebuilt: int
    lead_ids: list = field(default_factory=list)

    @property
    def total(self):
        return self.counts.total()

    @property
    def key(self):
        return self.path, self.joined


class SalesProcessConformanceFacts(models.AbstractModel):
    """The paths of deals, read from their stays in one statement; how they depart from the process is decided by
    :mod:`~..tools.conformance` once for each way, however many deals went it."""

    _name = "sales.process.conformance.facts"
    _description = "Paths of Deals"
    _inherit = ["sales.process.analysis"]

    @api.model
    def _read_paths(self, filters, basis="started"):
        """:param basis: "started": deals that entered the process in the period; "closed": those that closed in it
        :return: (list of :class:`PathGroup`, {(position, following or None): (stays that ended, median days)})
        """
        rules = self._get_rules(filters)
        rows = self._select(
            SQL(
                """
                SELECT nodes, joined, late, tags, rule_team, COUNT(*) FILTER (WHERE outcome = 'won'),
                       COUNT(*) FILTER (WHERE outcome = 'lost'), COUNT(*) FILTER (WHERE outcome = 'archived'),
                       COUNT(*) FILTER (WHERE outcome = 'open'), string_agg(float8send(days), ''::bytea),
                       COUNT(*) FILTER (WHERE rebuilt), NULL::int, NULL::int, NULL::float
                  FROM deal GROUP BY nodes, joined, late, tags, rule_team
                 UNION ALL
                SELECT NULL, NULL, NULL, NULL, NULL, COUNT(*), NULL, NULL, NULL, NULL, NULL, node, following,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY duration)
                  FROM step
                 WHERE duration IS NOT NULL AND began < %(stop)s
                 GROUP BY GROUPING SETS ((node), (node, following))
                HAVING GROUPING(following) = 1 OR following <> node
                """,
                stop=filters.stop,
            ),
            filters,
            basis,
            rules,
        )
        groups, times = [], {}
        for *head, won, lost, archived, still_open, days, rebuilt, node, following, median in rows:
            if node is not None:
                times[node, following] = (won, median)
                continue
            counts = Counter(dict(zip(OUTCOMES, (won, lost, archived, still_open), strict=True)))
            groups.append(self._prepare_group(head, counts, numpy.frombuffer(days, ">f8"), rebuilt))
        return groups, times

    @api.model
    def _read_path_leads(self, filters, basis="started"):
        """The same deals with their ids, at most so many of each way as a list shows.

        :return: list of :class:`PathGroup`
        """
        rows = self._select(
            SQL(
                """SELECT nodes, joined, late, tags, rule_team, outcome, COUNT(*),
                          (array_agg(lead_id ORDER BY lead_id DESC))[:%s]
                     FROM deal GROUP BY nodes, joined, late, tags, rule_team, outcome""",
                RECORD_LIMIT + 1,
            ),
            filters,
            basis,
            self._get_rules(filters),
        )
        return [
            self._prepare_group(head, Counter({outcome: count}), numpy.empty(0), 0, lead_ids)
            for *head, outcome, count, lead_ids in rows
        ]

    @api.model
    def _prepare_group(self, head, counts, days, rebuilt, lead_ids=()):
        nodes, joined, late, tags, team = head
        return PathGroup(
            tuple(nodes), joined, tuple(late or ()), tuple(tags or ()), team, counts, days, rebuilt, list(lead_ids)
        )

    @api.model
    def _select(self, select, filters, basis, rules):
        """:param select: what to read from "deal" (one row a deal) and "step" (one row a stay)"""
        self.env.flush_all()
        stages = self._get_stages(filters)
        closed = SQL("lead.outcome <> 'open' AND lead.closed >= %s AND lead.closed < %s", filters.start, filters.stop)
        # Deals that were on their way before the period began are none that began in it.
        started = SQL(
            """visit.entered >= %(start)s
               AND NOT EXISTS (SELECT FROM sales_process_visit AS before
                                WHERE before.lead_id = visit.lead_id AND before.process_id = %(process)s
                                  AND before.entered < %(start)s)""",
            start=filters.start,
            process=filters.process.id or 0,
        )
        return self.env.execute_query(
            SQL(
                """
                WITH place(stage, position) AS (%(places)s),
                lead AS (%(leads)s),
                stay AS (
                    SELECT visit.lead_id, visit.id, visit.entered, visit."left", visit.direction, visit.is_rebuilt,
                           CASE WHEN visit."left" IS NOT NULL THEN visit.duration_days END AS duration,
                           COALESCE(place.position, CASE WHEN stage.is_won THEN %(won)s ELSE 0 END) AS node,
                           COALESCE(visit."left", %(now)s) > visit.deadline AS late,
                           lead.team_id, lead.outcome, lead.closed
                      FROM sales_process_visit AS visit
                      JOIN lead ON lead.id = visit.lead_id
                      LEFT JOIN place ON place.stage = visit.process_stage_id
                      LEFT JOIN crm_stage AS stage ON stage.id = visit.stage_id
                     WHERE visit.process_id = %(process)s AND %(cohort)s
                ),
                step AS MATERIALIZED (
                    SELECT stay.*, LAG(node) OVER course AS previous, LEAD(node) OVER course AS following,
                           FIRST_VALUE(entered) OVER course AS began
                      FROM stay WINDOW course AS (PARTITION BY lead_id ORDER BY entered, id)
                ),
                path AS (
                    SELECT lead_id, team_id, outcome, closed,
                           array_agg(node ORDER BY entered, id) FILTER (WHERE node IS DISTINCT FROM previous) AS nodes,
                           array_agg(DISTINCT node) FILTER (WHERE late AND node > 0) AS late,
                           MIN(entered) AS began, MAX("left") AS ended,
                           bool_or(previous IS NULL AND direction <> 'entry') AS midway,
                           bool_or(is_rebuilt) AS rebuilt
                      FROM step
                     WHERE %(began)s
                     GROUP BY lead_id, team_id, outcome, closed
                ),
                deal AS (
                    SELECT path.lead_id, path.nodes, path.late, path.outcome, path.rebuilt,
                           nodes[1] <> 1 AND (midway OR EXISTS (
                               SELECT FROM sales_process_visit AS elsewhere
                                WHERE elsewhere.lead_id = path.lead_id AND elsewhere.entered <= path.began
                                  AND elsewhere.process_id IS DISTINCT FROM %(process)s)) AS joined,
                           GREATEST(EXTRACT(EPOCH FROM CASE path.outcome
                               WHEN 'open' THEN %(now)s WHEN 'archived' THEN COALESCE(path.ended, path.closed, %(now)s)
                               ELSE COALESCE(path.closed, path.ended, %(now)s) END - path.began) / 86400.0, 0)::float8
                               AS days,
                           %(tags)s AS tags, %(team)s AS rule_team
                      FROM path
                )
                %(select)s
                """,
                places=self._get_places_sql(stages),
                leads=self._get_leads_sql(filters),
                won=len(stages) + 1,
                now=self.env.cr.now(),
                process=filters.process.id or 0,
                cohort=closed if basis == "closed" else started,
                began=SQL("TRUE") if basis == "closed" else SQL("began < %s", filters.stop),
                tags=self._get_rule_tags_sql(rules),
                team=SQL("path.team_id") if rules.team_id else SQL("NULL::int"),
                select=select,
            )
        )

    # ------------------------------------------------------------------
    # What is allowed
    # ------------------------------------------------------------------

    @api.model
    def _get_rules(self, filters):
        """:return: sales.process.variant.allowed in force"""
        return self.env["sales.process.variant.allowed"].search([("process_id", "in", filters.process.ids)])

    @api.model
    def _get_rule_tags_sql(self, rules):
        if not rules.tag_id:
            return SQL("NULL::int[]")
        return SQL(
            """(SELECT array_agg(tagged.tag_id ORDER BY tagged.tag_id) FROM crm_tag_rel AS tagged
                 WHERE tagged.lead_id = path.lead_id AND tagged.tag_id = ANY(%s))""",
            rules.tag_id.ids,
        )

    @api.model
    def _get_model(self, filters):
        stages = self._get_stages(filters)
        flexible = frozenset(n for n, stage in enumerate(stages, 1) if stage.flexible)
        return conformance.Model(len(stages), flexible)

    @api.model
    def _find_all_deviations(self, groups, model):
        """:return: {key of a group: its deviations, how often each}; found once for each way"""
        return {
            group.key: conformance.find_deviations(group.path, model, group.joined)
            for group in {group.key: group for group in groups}.values()
        }

    @api.model
    def _get_allowed_deviations(self, group, found, rules, positions):
        """Which deviations of a group's deals the allow-list lets pass.

        :param found: deviations of the path
        :param rules: of :meth:`_prepare_rules`
        :return: (all deviations, those allowed): sets
        """
        late = {conformance.Deviation("too_long", position) for position in group.late}
        everything = {*found, *late}
        allowed = set()
        for kind, what, tag, team in rules:
            if (tag and tag not in group.tags) or (team and team != group.team):
                continue
            if kind == "variant":
                if what == group.path:
                    allowed |= set(found)
            else:
                allowed.add(conformance.Deviation(kind, what))
        return everything, everything & allowed

    @api.model
    def _prepare_rules(self, rules, positions):
        """:param positions: {process stage id: position}
        :return: list of (kind, path or position, tag id, team id)
        """
        return [
            (
                rule.kind,
                tuple(map(int, rule.path.split("-")))
                if rule.kind == "variant"
                else positions.get(rule.process_stage_id.id, conformance.OUTSIDE),
                rule.tag_id.id,
                rule.team_id.id,
            )
            for rule in rules
        ]

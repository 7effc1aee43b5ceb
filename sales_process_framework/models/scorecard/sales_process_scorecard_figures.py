import logging

from odoo import api, models
from odoo.tools import SQL

from ...tools import scorecard as tools
from ...tools.period import local_day, periods_between
from .sales_process_scorecard_goals import ADDITIVE

_logger = logging.getLogger(__name__)

#: What a computation may change in a figure, in the order of :meth:`_prepare_figure`.
COLUMNS = (
    *("scorecard_id", "kpi_id", "sequence", "weight", "method", "kpi_value_id", "value", "has_data", "numerator"),
    *("denominator", "sample", "target_id", "goal", "has_goal", "goal_source", "due", "score", "has_score", "points"),
)


class SalesProcessScorecardFigures(models.AbstractModel):
    """Stored values and goals to scorecards: a company's people of one scheme and period at once."""

    _name = "sales.process.scorecard.figures"
    _description = "Computation of Scorecards"
    _inherit = ["sales.process.scorecard.goals"]

    @api.model
    def _cron_refresh_scorecards(self):
        """Bring the open periods up to date and freeze what is over. An error stays with its period."""
        units = list(self._plan_units())
        self.env["ir.cron"]._commit_progress(remaining=len(units))
        failure = None
        for scheme, company, period, people in units:
            try:
                with self.env.cr.savepoint():
                    self._refresh_unit(scheme, company, period, people)
            except Exception as error:
                _logger.exception("Scorecards of %s for %s were not computed", company.id, period.label())
                failure = error
            if not self.env["ir.cron"]._commit_progress(1):
                break
        if failure:
            raise failure

    @api.model
    def _refresh(self):
        """All at once, in this transaction: for demo data and tests."""
        for unit in list(self._plan_units()):
            self._refresh_unit(*unit)

    @api.model
    def _plan_units(self):
        """What is open: (scheme, company, period, {user id: ids of teams}), oldest period first."""
        if not self.env["sales.process.scorecard.scheme"]._is_in_use():
            return
        # sudo: scorecards are computed for everybody
        schemes = self.env["sales.process.scorecard.scheme"].sudo().search([("state", "=", "active")])
        for company in schemes.env["res.company"].search([("active", "=", True)]):
            today = local_day(self.env.cr.now(), company._get_sales_timezone())
            for scheme, people in self._get_people(company, schemes).items():
                frozen = self._get_frozen_starts(scheme, company)
                for period in periods_between(scheme.date_from or today, today, scheme.cycle):
                    if period.start not in frozen:
                        yield scheme, company, period, people

    @api.model
    def _get_people(self, company, schemes):
        """:return: {scheme: {user id: ids of the teams}} of those who sell for the company now"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT member.user_id, array_agg(team.id ORDER BY member.create_date, member.id)
                  FROM crm_team_member AS member
                  JOIN crm_team AS team ON team.id = member.crm_team_id AND team.active
                  JOIN res_users AS person ON person.id = member.user_id AND person.active AND NOT person.share
                 WHERE member.active AND COALESCE(team.company_id, person.company_id) = %s
                 GROUP BY member.user_id
                """,
                company.id,
            )
        )
        able = schemes.filtered(lambda scheme: scheme.company_id.id in (company.id, False))
        # What says for whom it is comes before what is for everybody.
        able = able.sorted(lambda scheme: (not scheme.team_ids, not scheme.company_id, scheme.sequence, scheme.id))
        people = {scheme: {} for scheme in able}
        for user_id, team_ids in rows:
            for scheme in able:
                if not scheme.team_ids or set(team_ids) & set(scheme.team_ids.ids):
                    people[scheme][user_id] = team_ids
                    break
        return people

    @api.model
    def _get_frozen_starts(self, scheme, company):
        groups = self.sudo()._read_group(
            [("scheme_id", "=", scheme.id), ("company_id", "=", company.id), ("frozen", "=", True)], ["date_from:day"]
        )
        return {start for (start,) in groups}

    # ------------------------------------------------------------------
    # One unit
    # ------------------------------------------------------------------

    @api.model
    def _refresh_unit(self, scheme, company, period, people):
        """Compute the scorecards of one scheme, company and period; freeze them once their figures are closed.

        :param people: {user id: ids of the teams}
        """
        self.env.flush_all()
        cards = self.sudo()._get_cards(scheme, company, period, people)
        if not cards:
            return
        # What is not computed any more is never closed either.
        weights = scheme.sudo().weight_ids.filtered("kpi_id.active")
        values = self._fetch_values(weights.kpi_id, company, period, cards.user_id.ids)
        targets = self.sudo()._fetch_targets(company, period, weights.kpi_id, cards.user_id.ids, cards.team_ids.ids)
        passed = self.env["sales.process.target"].sudo().new({"company_id": company.id})._get_share_passed(period)
        rows = [
            self._prepare_figure(card, weight, values, targets, period, passed) for card in cards for weight in weights
        ]
        if rows:
            self._store_figures(cards, weights, rows)
        self._store_scores(cards, rows, period)
        if self._is_over(company, period, values):
            self.env.cr.execute(SQL("UPDATE sales_process_scorecard SET frozen = TRUE WHERE id = ANY(%s)", cards.ids))
        self.env["sales.process.scorecard"].invalidate_model()
        self.env["sales.process.scorecard.line"].invalidate_model()

    def _get_cards(self, scheme, company, period, people):
        """Open scorecards of the period: of everybody in the teams, and of those who left them meanwhile."""
        key = [("company_id", "=", company.id), ("date_from", "=", period.start), ("cycle", "=", period.cycle)]
        known = self.search(key)
        cards = known.filtered(lambda card: not card.frozen and (card.user_id.id in people or card.scheme_id == scheme))
        missing = [user_id for user_id in people if user_id not in known.user_id.ids]
        cards += self.create(
            [
                {
                    "user_id": user_id,
                    "company_id": company.id,
                    "scheme_id": scheme.id,
                    "cycle": period.cycle,
                    "date_from": period.start,
                    "date_to": period.stop,
                }
                for user_id in missing
            ]
        )
        for team_ids, group in cards.grouped(lambda card: tuple(people.get(card.user_id.id, ()))).items():
            if changed := group.filtered(lambda card, ids=team_ids: ids and set(card.team_ids.ids) != set(ids)):
                changed.write({"team_ids": [(6, 0, team_ids)]})
        moved = cards.filtered(lambda card: card.scheme_id != scheme)
        moved.write({"scheme_id": scheme.id})
        self.env.flush_all()
        return cards.sorted("id")

    @api.model
    def _fetch_values(self, kpis, company, period, user_ids):
        """:return: {(kpi id, user id or None for the company): value}"""
        # sudo: figures of everybody, each put on the card of its person
        values = (
            self.env["sales.process.kpi.value"]
            .sudo()
            .search(
                [
                    ("kpi_id", "in", kpis.ids),
                    ("company_id", "=", company.id),
                    ("cycle", "=", period.cycle),
                    ("date_from", "=", period.start),
                    ("is_latest", "=", True),
                    "|",
                    ("scope", "=", "company"),
                    "&",
                    ("scope", "=", "user"),
                    ("scope_id", "in", user_ids),
                ]
            )
        )
        return {(value.kpi_id.id, value.scope_id if value.scope == "user" else None): value for value in values}

    def _prepare_figure(self, card, weight, values, targets, period, passed):
        """:return: tuple of :data:`COLUMNS`"""
        kpi, user_id = weight.kpi_id, card.user_id.id
        value = values.get((kpi.id, user_id))
        additive = kpi.aggregation in ADDITIVE and kpi.computation != "formula"
        # Amounts of somebody of whom nothing was counted are 0 once anything was counted at all; rates have no data.
        number = value.value if value and value.has_data else None
        if value is None and additive and (kpi.id, None) in values:
            number = 0.0
        goal = self._choose_goal(weight, period, targets, user_id, card.team_ids.ids, card.company_id)
        has_goal = goal.source != "none"
        due = goal.value * passed if additive and has_goal else goal.value
        figure = tools.Figure(number, due if has_goal else None, kpi.direction, weight.method, kpi.healthy, kpi.alert)
        score = tools.score(figure, weight.scheme_id.cap)
        return (
            *(card.id, kpi.id, weight.sequence, weight.weight, weight.method),
            *(value.id if value else None, number or 0.0, number is not None),
            *((value.numerator, value.denominator, value.sample) if value else (0.0, 0.0, 0)),
            *(goal.target_id, goal.value, has_goal, goal.source, due),
            *(score or 0.0, score is not None, tools.points(weight.weight, score)),
        )

    def _store_figures(self, cards, weights, rows):
        changing = [column for column in COLUMNS if column not in ("scorecard_id", "kpi_id")]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sales_process_scorecard_line (%(columns)s) VALUES %(rows)s
                    ON CONFLICT (scorecard_id, kpi_id) DO UPDATE SET %(assignments)s
                """,
                columns=SQL(", ").join(SQL.identifier(column) for column in COLUMNS),
                rows=SQL(", ").join(SQL("%s", row) for row in rows),
                assignments=SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(column), SQL.identifier("excluded", column)) for column in changing
                ),
            )
        )
        self.env.cr.execute(
            SQL(
                "DELETE FROM sales_process_scorecard_line WHERE scorecard_id = ANY(%s) AND NOT kpi_id = ANY(%s)",
                cards.ids,
                weights.kpi_id.ids,
            )
        )

    def _store_scores(self, cards, rows, period):
        parts = {card_id: [] for card_id in cards.ids}
        weight, score, has_score = (COLUMNS.index(name) for name in ("weight", "score", "has_score"))
        for row in rows:
            parts[row[0]].append((row[weight], row[score] if row[has_score] else None))
        totals = [(card_id, *tools.total(figures)) for card_id, figures in parts.items()]
        self.env.cr.execute(
            SQL(
                """
                UPDATE sales_process_scorecard AS card
                   SET score = COALESCE(total.score, 0), has_score = total.score IS NOT NULL,
                       coverage = total.coverage, computed = %(now)s,
                       previous_score = COALESCE(before.score, 0), has_previous = before.id IS NOT NULL
                  FROM (SELECT * FROM (VALUES %(totals)s) AS given(id, score, coverage)) AS total
                  LEFT JOIN sales_process_scorecard AS this ON this.id = total.id
                  LEFT JOIN sales_process_scorecard AS before
                         ON before.user_id = this.user_id AND before.company_id = this.company_id
                        AND before.cycle = this.cycle AND before.date_from = %(before)s AND before.has_score
                 WHERE card.id = total.id
                """,
                now=self.env.cr.now(),
                totals=SQL(", ").join(
                    SQL("(%s, %s::float8, %s::float8)", card_id, score, coverage) for card_id, score, coverage in totals
                ),
                before=period.previous().start,
            )
        )

    @api.model
    def _is_over(self, company, period, values):
        """:return: whether every figure of the period is closed, so that none can change any more"""
        today = local_day(self.env.cr.now(), company._get_sales_timezone())
        return period.stop < today and bool(values) and all(value.closed for value in values.values())

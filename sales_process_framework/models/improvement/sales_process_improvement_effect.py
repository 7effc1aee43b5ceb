import logging
from dataclasses import asdict
from datetime import date

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ...tools import before_after
from ...tools.before_after import Row

_logger = logging.getLogger(__name__)

EFFECT = "sales_process_framework.improvement_effect"
VERDICTS = [
    ("waiting", "Too early"),
    ("not_enough_data", "Not enough data"),
    ("better", "Better than before"),
    ("worse", "Worse than before"),
    ("no_difference", "No difference shown"),
]


class SalesProcessImprovementEffect(models.AbstractModel):
    """The indicator before and after the improvement came into use, from the values that are stored."""

    _name = "sales.process.improvement.effect"
    _description = "Effect of an Improvement"

    measure_cycle = fields.Selection(
        [("week", "Weeks"), ("month", "Months"), ("quarter", "Quarters")],
        string="Measured In",
        required=True,
        default="month",
        help="The period that it came into use in belongs to neither side, unless it began with it.",
    )
    measure_periods = fields.Integer(string="Periods on Each Side", required=True, default=3, aggregator=None)
    effect = fields.Json(readonly=True, copy=False, help="The figures of both sides, as they were last taken.")
    effect_on = fields.Datetime(string="Compared On", readonly=True, copy=False)
    verdict = fields.Selection(VERDICTS, readonly=True, copy=False, tracking=True)
    date_measurable = fields.Date(
        string="Measurable From",
        compute="_compute_date_measurable",
        help="When as many periods are over as are compared on each side.",
    )
    effect_text = fields.Text(string="Before and After", compute="_compute_effect_text")
    effect_html = fields.Html(string="Figures", compute="_compute_effect_text", sanitize=False)

    _periods_check = models.Constraint(
        "CHECK(measure_periods BETWEEN 1 AND 26)", "Compare 1 to 26 periods on each side."
    )

    @api.depends("date_in_use", "measure_cycle", "measure_periods")
    def _compute_date_measurable(self):
        for improvement in self:
            after = improvement._get_windows()[1]
            improvement.date_measurable = after and after[-1].stop

    def _get_windows(self):
        """:return: (periods before, periods after), oldest first; empty until it is in use"""
        self.ensure_one()
        if not self.date_in_use or not self.measure_cycle or self.measure_periods < 1:
            return [], []
        return before_after.windows(self.date_in_use, self.measure_cycle, self.measure_periods)

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _get_scope(self):
        """What part of the company it is measured in: the team, else the stage, else the process, else all.

        Of a stage or process every version counts, so that both sides are of the same work.

        :return: (scope of values, ids)
        """
        self.ensure_one()
        improvement = self.sudo()
        if improvement.team_id:
            return "team", improvement.team_id.ids
        if improvement.stage_id:
            stages = improvement.stage_id
            family = (improvement.process_id | improvement.version_id)._get_versions().stage_ids
            while more := self._get_twins(stages, family) - stages:
                stages |= more
            return "stage", stages.ids
        if improvement.process_id or improvement.version_id:
            return "process", (improvement.process_id | improvement.version_id)._get_versions().ids
        return "company", improvement.company_id.ids

    @api.model
    def _get_twins(self, stages, family):
        """:return: the stages that these continue, or that continue these"""
        return family.filtered(lambda stage: stage.previous_id in stages or stage in stages.previous_id)

    def _get_value_domain(self):
        self.ensure_one()
        before, after = self._get_windows()
        scope, ids = self._get_scope()
        return Domain(
            [
                ("kpi_id", "=", self.sudo().kpi_id.id),
                ("company_id", "=", self.company_id.id),
                ("cycle", "=", self.measure_cycle),
                ("scope", "=", scope),
                ("scope_id", "in", ids),
                ("date_from", "in", [period.start for period in before + after]),
                ("is_latest", "=", True),
            ]
        )

    def _measure(self):
        """Take the figures of improvements that are in use, in one read for all of them."""
        running = self.filtered(lambda improvement: improvement.kpi_id and improvement.date_in_use)
        Value = self.env["sales.process.kpi.value"].sudo()
        domains = {improvement: improvement._get_value_domain() for improvement in running}
        values = Value.search(Domain.OR(domains.values())) if running else Value
        for improvement, domain in domains.items():
            # sudo: kept by the improvement itself
            improvement.sudo().write(improvement._prepare_effect(values.filtered_domain(domain)))

    def _prepare_effect(self, values):
        self.ensure_one()
        before, after = self._get_windows()
        today = self._get_today()
        over = [period for period in after if period.stop < today]
        kpi = self.sudo().kpi_id
        rows = {period.start: [] for period in before + after}
        for value in values:
            rows[value.date_from].append(
                Row(
                    value.date_from,
                    value.value if value.has_data else None,
                    value.numerator,
                    value.denominator,
                    value.sample,
                )
            )
        # As long before as there is since.
        first = before[len(before) - len(over) :] if over else before
        effect = before_after.judge(
            [row for period in first for row in rows[period.start]],
            [row for period in over for row in rows[period.start]],
            direction=kpi.direction,
            shares=kpi.aggregation == "ratio" and kpi.unit == "percent" and kpi.basis != "snapshot",
            total=kpi.aggregation in ("sum", "count"),
        )
        packed = {
            "scope": self._get_scope()[0],
            "over": len(over),
            "before": self._pack_side(effect.before, first),
            "after": self._pack_side(effect.after, over),
            "comparison": {name: part for name, part in asdict(effect.comparison).items() if name != "checks"},
        }
        waiting = len(over) < len(after)
        return {
            "effect": packed,
            "effect_on": self.env.cr.now(),
            "verdict": "waiting" if waiting else effect.verdict,
        }

    @api.model
    def _pack_side(self, side, periods):
        return {
            "from": periods[0].start.isoformat() if periods else False,
            "to": periods[-1].stop.isoformat() if periods else False,
            **asdict(side),
        }

    @api.model
    def _cron_measure(self):
        """Scheduled action, nightly: the figures of what is in use and not concluded yet."""
        improvements = self.env["sales.process.improvement"].search(
            [("state", "=", "in_version"), ("date_in_use", "!=", False), ("kpi_id", "!=", False)], order="id"
        )
        progress = self.env["ir.cron"]._commit_progress
        if not progress(remaining=len(improvements)):
            return
        error = None
        for improvement in improvements:
            try:
                with self.env.cr.savepoint():
                    improvement._measure()
                    improvement._remind()
            except Exception as problem:
                _logger.exception("Improvement %s cannot be measured", improvement.id)
                error = problem
            if not progress(1):
                break
        if error:
            raise error

    def _remind(self):
        """Tell the responsible, once, that there is something to conclude."""
        self.ensure_one()
        if self.date_reminded or not self.date_measurable or self.date_measurable >= self._get_today():
            return
        # sudo: kept by the improvement itself
        self.sudo().date_reminded = self._get_today()
        user = self.user_id or self.author_id
        if user.active and not user.share:
            self.with_context(lang=user.lang or self.env.lang).sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.with_context(lang=user.lang).env._("The figures are there: conclude the improvement"),
                user_id=user.id,
            )

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    @api.depends("effect", "verdict", "kpi_id", "date_in_use", "measure_cycle", "measure_periods", "state")
    @api.depends_context("lang")
    def _compute_effect_text(self):
        for improvement in self:
            improvement.effect_text = improvement._say_effect()
            improvement.effect_html = improvement._render_effect()

    def _say_effect(self):
        """What came of it in one paragraph that needs no statistics."""
        self.ensure_one()
        kpi, effect = self.sudo().kpi_id, self.effect
        if not kpi:
            return self.env._("Choose the indicator that shall get better by it.")
        if not self.date_in_use:
            return self.env._("Measured once it is in use: its version has to be activated.")
        if not effect:
            return self.env._("The figures are taken in the coming night.")
        sides = effect["before"], effect["after"]
        if self.verdict == "waiting":
            text = self.env._(
                "Too early: %(over)s of %(periods)s periods since are over. The figures are complete after %(day)s.",
                over=effect["over"],
                periods=self.measure_periods,
                day=format_date(self.env, self.date_measurable),
            )
        elif self.verdict == "not_enough_data":
            text = self.env._("Not enough data: the records of the periods are too few to tell chance from effect.")
        else:
            facts = {
                "kpi": kpi.name,
                "before": self._say_number(sides[0]["value"]),
                "after": self._say_number(sides[1]["value"]),
                "low": self._say_difference(effect["comparison"]["low"]),
                "high": self._say_difference(effect["comparison"]["high"]),
            }
            text = {
                "better": self.env._(
                    "“%(kpi)s” is better than before: %(after)s, where it was %(before)s. The difference lies between "
                    "%(low)s and %(high)s, which is more than chance explains.",
                    **facts,
                ),
                "worse": self.env._(
                    "“%(kpi)s” is worse than before: %(after)s, where it was %(before)s. The difference lies between "
                    "%(low)s and %(high)s, which is more than chance explains.",
                    **facts,
                ),
                "no_difference": self.env._(
                    "No difference in “%(kpi)s” was shown: %(after)s, where it was %(before)s. The difference lies "
                    "between %(low)s and %(high)s, which chance alone explains.",
                    **facts,
                ),
            }[self.verdict]
        return "\n".join(
            [
                text,
                self.env._(
                    "Before and after are different times: whatever else changed is in the difference as well. What "
                    "an improvement brings by itself, a pilot shows."
                ),
            ]
        )

    def _say_number(self, value):
        return self.sudo().kpi_id.with_company(self.company_id)._format_value(value)

    def _say_difference(self, value):
        """A difference with its sign; of shares in points."""
        if value is None:
            return "–"
        sign = "+" if value > 0 else "−" if value < 0 else ""
        if self.effect["comparison"]["method"] in ("proportions", "fisher"):
            number = self.env["ir.qweb.field.float"].value_to_html(abs(100 * value), {"precision": 1})
            return self.env._("%s points", f"{sign}{number}")
        return f"{sign}{self._say_number(abs(value))}"

    def _render_effect(self):
        """:return: the figures of both sides as a table with bars, or False"""
        sides = self._prepare_sides()
        return sides and Markup(self.env["ir.qweb"]._render(EFFECT, {"sides": sides, "kpi": self.sudo().kpi_id}))

    def _prepare_sides(self):
        """:return: [{"side", "label", "period", "value", "numerator", "denominator", "sample", "bars": [{"text",
        "share": of the highest, in percent}]}], or False"""
        self.ensure_one()
        if not self.effect or not self.kpi_id:
            return False
        labels = {"before": self.env._("Before"), "after": self.env._("After")}
        top = max((abs(value) for side in labels for value in self.effect[side]["values"]), default=0) or 1
        rows = []
        for side, label in labels.items():
            packed = self.effect[side]
            edges = [date.fromisoformat(packed[edge]) for edge in ("from", "to") if packed[edge]]
            rows.append(
                {
                    "side": side,
                    "label": label,
                    "period": " – ".join(format_date(self.env, edge) for edge in edges),
                    "value": self._say_number(packed["value"]),
                    "numerator": f"{packed['numerator']:,.10g}",
                    "denominator": f"{packed['denominator']:,.10g}",
                    "sample": packed["sample"],
                    "bars": [
                        {"text": self._say_number(value), "share": round(100 * abs(value) / top)}
                        for value in packed["values"]
                    ],
                }
            )
        return rows

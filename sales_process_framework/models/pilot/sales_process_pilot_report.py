from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools.misc import format_date, format_datetime

from ...tools import pilot_plot, pilot_sequential
from ...tools.pilot_plot import Frame, ticks
from .pilot_labels import LEADERS
from .sales_process_pilot_analysis import ARMS

BODY = "sales_process_framework.report_pilot_body"
PLAN = "sales_process_framework.report_pilot_plan"
COLORS = {"baseline": "#6c757d", "candidate": "#017e84"}


class SalesProcessPilotReport(models.AbstractModel):
    """The report, the same on screen and on paper."""

    _name = "sales.process.pilot.report"
    _description = "Report on Pilots"

    verdict_text = fields.Text(string="Result", compute="_compute_texts", groups=LEADERS)
    progress = fields.Float(
        compute="_compute_progress", help="Share of the planned records that are there, in percent."
    )
    plan_html = fields.Html(string="Plan", compute="_compute_texts", sanitize=False, groups=LEADERS)
    report_html = fields.Html(string="Report", compute="_compute_texts", sanitize=False, groups=LEADERS)

    @api.depends("analysis", "verdict", "state", "plan", "looks", "decision")
    @api.depends_context("lang", "tz")
    def _compute_texts(self):
        for pilot in self:
            pilot.verdict_text = pilot._say_verdict()
            pilot.plan_html = pilot._render_part(PLAN) if pilot.plan else False
            pilot.report_html = pilot._render_part(BODY) if pilot.state != "draft" else False

    @api.depends("analysed_on", "planned_size")
    def _compute_progress(self):
        for pilot in self:
            # sudo: how far it is, not what came out
            share = (pilot.sudo().analysis or {}).get("share") or 0.0
            pilot.progress = min(100 * share, 100.0)

    def _render_part(self, template):
        self.ensure_one()
        values = {"pilot": self, "report": self._prepare_report(), "on_screen": True}
        return Markup(self.env["ir.qweb"]._render(template, values))

    # ------------------------------------------------------------------
    # Contents
    # ------------------------------------------------------------------

    def _prepare_report(self):
        """:return: dict of texts and coordinates that the templates show"""
        self.ensure_one()
        pilot = self.sudo()
        analysis = pilot.analysis or {}
        primary = analysis.get("primary")
        checks = [*(primary or {}).get("checks", []), *analysis.get("checks", [])]
        return {
            "plan": pilot._prepare_plan(),
            "setup": pilot._prepare_setup(),
            "verdict": pilot._say_verdict(),
            "verdict_class": {"better": "success", "worse": "danger", "no_difference": "warning"}.get(
                pilot.verdict, "info"
            ),
            "progress": round(min(100 * (analysis.get("share") or 0.0), 100)),
            "share": pilot.planned_size
            and self.env._(
                "%(count)s of the planned %(size)s records",
                count=int(analysis.get("information") or 0),
                size=pilot.planned_size,
            ),
            "look": pilot._say_look(),
            "effect": primary and pilot._say_effect(primary),
            "pvalue": primary and pilot._say_certainty(primary),
            "method": primary and pilot._say_method(primary["method"]),
            "checks": [pilot._say_check(check) for check in checks],
            "guardrails": [pilot._prepare_guardrail(packed) for packed in analysis.get("guardrails", [])],
            "picture": pilot._prepare_picture(analysis.get("plot")),
            "looks": pilot._prepare_looks(),
            "stages": pilot._prepare_stages(),
            "arms": pilot._prepare_arms(),
            "decisions": [
                {
                    "label": dict(line._fields["decision"]._description_selection(self.env))[line.decision],
                    "reason": line.reason,
                    "by": line.user_id.name,
                    "date": format_datetime(self.env, line.date, dt_format="short"),
                }
                for line in pilot.decision_ids
            ],
            "updated": pilot.analysed_on and format_datetime(self.env, pilot.analysed_on, dt_format="short"),
        }

    def _get_label(self, name):
        return dict(self._fields[name]._description_selection(self.env)).get(self[name])

    def _prepare_setup(self):
        lines = [
            (self.env._("Candidate"), self.candidate_process_id.display_name),
            (
                self.env._("Compared with"),
                self.baseline_process_id.display_name
                if self.baseline_kind == "version" and self.baseline_process_id
                else self._get_label("baseline_kind"),
            ),
            (self.env._("Pilot teams"), ", ".join(self.team_ids.mapped("name"))),
            (self.env._("Teams compared with"), ", ".join(self._get_control_teams().mapped("name"))),
            (self.env._("Split"), self._get_label("split")),
            (self.env._("Industries"), ", ".join(self.tag_ids.mapped("name"))),
            (self.env._("Primary indicator"), self.kpi_id.name),
            (self.env._("Guardrails"), ", ".join(self.guardrail_ids.mapped("name"))),
            (self.env._("Start"), self.date_start and format_date(self.env, self.date_start)),
            (self.env._("Planned end"), self.date_end and format_date(self.env, self.date_end)),
            (self.env._("Design"), self._get_label("design")),
        ]
        return [(label, text) for label, text in lines if text]

    def _prepare_plan(self):
        plan = self.plan or {}
        if not plan:
            return {}
        times = plan["method"] == "times"
        base = plan.get("base")
        if base is None:
            known = self.env._("History does not tell the present value.")
        elif times:
            known = self.env._("At present half of the deals are won within %s days.", self._say_number(base, 1))
        else:
            method = "proportions" if plan["method"] == "proportions" else "mann_whitney"
            known = self.env._("Present value: %s.", self._say_value(self.kpi_id, method, base))
        unit = (
            self.env._("%s deals have to be won, in both arms together.", self.planned_size)
            if times
            else self.env._("%s leads with a figure are needed, in both arms together.", self.planned_size)
        )
        if self.split != "lead":
            unit += " " + self.env._("Arms of different size need more than that.")
        return {
            "known": known,
            "unit": unit,
            "aim": self._say_aim(),
            "length": self.env._(
                "That takes about %(leads)s leads; at %(rate)s a day about %(days)s days. %(cycles)s sales cycles are "
                "%(length)s days.",
                leads=plan["leads"],
                rate=self._say_number(plan["rate"], 1),
                days=plan["days"],
                cycles=self.cycles,
                length=self.cycles * plan["cycle"],
            ),
            "warnings": [self._say_warning(warning) for warning in plan["warnings"]],
        }

    def _say_aim(self):
        effect = self._say_percent(self.effect_wanted, signed=True)
        if self.split == "team" and self.baseline_kind == "version":
            return self.env._(
                "The number of leads is planned for an effect of %s. How surely it is noticed depends on how many "
                "teams there are and how much they differ; more leads do not make up for that.",
                effect,
            )
        return self.env._(
            "An effect of %(effect)s will be noticed in %(power)s of all cases, and where there is none, one is "
            "claimed in %(alpha)s of them.",
            effect=effect,
            power=self._say_percent(self.power),
            alpha=self._say_percent(self.alpha),
        )

    def _prepare_guardrail(self, packed):
        return {
            "text": self._say_effect(packed),
            "pvalue": packed.get("holm") is not None and self._say_p(packed["holm"]),
            "broken": str(packed["kpi_id"]) in (self.breaches or {}),
            "tested": packed.get("pvalue") is not None,
        }

    def _prepare_arms(self):
        counts = dict(zip(ARMS, self._get_arm_counts(), strict=True))
        labels = self._get_arm_labels()
        latest = self._get_latest_results()
        feedback = {result.arm: int(result.value) for result in latest if result.metric == "feedback"}
        return [
            {
                "arm": arm,
                "label": labels[arm],
                "leads": counts[arm],
                "feedback": feedback.get(arm, 0),
                "color": COLORS[arm],
            }
            for arm in ARMS
        ]

    def _get_arm_labels(self):
        return {"baseline": self.env._("Baseline"), "candidate": self.env._("Candidate")}

    def _get_latest_results(self):
        Result = self.env["sales.process.pilot.result"].sudo()
        last = Result.search([("pilot_id", "=", self.id)], order="date desc", limit=1)
        return Result.search([("pilot_id", "=", self.id), ("date", "=", last.date)]) if last else last

    def _prepare_stages(self):
        """:return: a row for each stage: time, first-attempt pass rate and conversion of both arms; first the stages of
        the process, in its order
        """
        results = self._get_latest_results().filtered("stage_id")
        columns = self.candidate_process_id.stage_ids.sorted("sequence").stage_id.ids
        place = {column: number for number, column in enumerate(columns)}
        results = results.sorted(
            lambda result: (place.get(result.stage_id.id, len(place)), result.stage_id.sequence, result.stage_id.id)
        )
        rows = []
        for stage, group in results.grouped("stage_id").items():
            found = {(result.metric, result.arm): result for result in group}

            def show(metric, arm, found=found):
                result = found.get((metric, arm))
                if not result:
                    return "–"
                value = self._say_number(result.value, 1)
                return f"{value} ({result.sample})"

            cells = [show(metric, arm) for metric in ("stage_time", "stage_pass", "conversion") for arm in ARMS]
            rows.append({"name": stage.name, "cells": cells})
        return rows

    # ------------------------------------------------------------------
    # Pictures
    # ------------------------------------------------------------------

    def _get_plot(self, method):
        """:return: JSON of what the picture of a look shows"""
        found = self._read_arms(self.kpi_id, method)
        arms = {arm: found[arm] for arm in ARMS}
        if method == "times":
            return {"kind": "curve", **{arm: pilot_plot.survival_curve(each.times) for arm, each in arms.items()}}
        if not all(each.values for each in arms.values()):
            return None
        if method == "proportions" and all(each.whole for each in arms.values()):
            bars = {arm: pilot_plot.share_bar(sum(each.values), len(each.values)) for arm, each in arms.items()}
            return {"kind": "bar", **bars}
        return {"kind": "box", **{arm: pilot_plot.box(each.values) for arm, each in arms.items()}}

    def _prepare_picture(self, plot):
        if not plot:
            return None
        draw = {"curve": self._draw_curve, "bar": self._draw_bars, "box": self._draw_bars}[plot["kind"]]
        return {"kind": plot["kind"], **draw(plot)}

    def _draw_curve(self, plot):
        longest = max(point[0] for arm in ARMS for point in plot[arm]) or 1.0
        frame = Frame(46, 10, 520, 180, 0, longest, 0, 1)
        return {
            "lines": [{"path": frame.steps(plot[arm]), "color": COLORS[arm]} for arm in ARMS],
            "x_ticks": [(frame.x(tick), self._say_number(tick, 0)) for tick in ticks(0, longest)],
            "y_ticks": [(frame.y(tick), self._say_percent(100 * tick)) for tick in (0, 0.25, 0.5, 0.75, 1)],
        }

    def _draw_bars(self, plot):
        """Whiskers lie down: the longest name fits on the left."""
        highest = max(plot[arm][-1] for arm in ARMS) or 1.0
        frame = Frame(110, 10, 440, 90, 0, highest * 1.05, 0, 1)
        labels = self._get_arm_labels()
        rows = []
        for place, arm in enumerate(ARMS):
            numbers = plot[arm]
            low, first, middle, third, high = (
                numbers if plot["kind"] == "box" else (numbers[1], 0, numbers[0], numbers[0], numbers[2])
            )
            rows.append(
                {
                    "label": labels[arm],
                    "y": 20 + 44 * place,
                    "color": COLORS[arm],
                    "x": frame.x(first),
                    "width": max(frame.x(third) - frame.x(first), 1),
                    "middle": frame.x(middle),
                    "low": frame.x(low),
                    "high": frame.x(high),
                }
            )
        return {
            "rows": rows,
            "x_ticks": [(frame.x(tick), self._say_number(tick, 1)) for tick in ticks(0, highest * 1.05)],
        }

    def _prepare_looks(self):
        """:return: coordinates of the looks against their bounds; None without a look"""
        looks = (self.looks or {}).get("primary") or []
        if not looks or self.design != "sequential" or self._is_descriptive():
            return None
        shares = [look["share"] for look in looks]
        rest = [share / 20 for share in range(1, 21) if share / 20 > shares[-1] + 0.02]
        bounds = pilot_sequential.bounds([*shares, *rest], self.alpha / 100)
        reach = max(5.0, *(abs(look["z"]) + 0.5 for look in looks))
        frame = Frame(46, 10, 520, 180, 0, 1, -reach, reach)
        edge = [(share, min(bound, reach)) for share, bound in zip([*shares, *rest], bounds, strict=True)]
        return {
            "upper": frame.line(edge),
            "lower": frame.line([(share, -bound) for share, bound in edge]),
            "zero": frame.y(0),
            "path": frame.line([(look["share"], look["z"]) for look in looks]),
            "dots": [(frame.x(look["share"]), frame.y(look["z"])) for look in looks],
            "x_ticks": [(frame.x(tick), self._say_percent(100 * tick)) for tick in (0, 0.25, 0.5, 0.75, 1)],
            "y_ticks": [(frame.y(tick), self._say_number(tick, 0)) for tick in ticks(-reach, reach, 4)],
        }

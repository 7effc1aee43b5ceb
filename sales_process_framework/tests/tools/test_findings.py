"""What a health report says about its numbers, and the lines that it draws: without a database."""

import doctest
import unittest
from dataclasses import replace
from random import Random

from ...tools import findings, report_plot
from ...tools.findings import Figure, find, first_to_look_at, is_notable, judge, usual_of_others

KPI, NODE = ("kpi", 1), ("node", 1, 7)
BANDS = ("healthy", "watch", "alert", "none")


def rate(value, previous=None, key=KPI, **kwargs):
    """A figure of a percentage; a stage's rests on enough deals."""
    return Figure(key, value, previous, unit="percent", **{"sample": 20, **kwargs})


def _any_number(rng):
    return rng.choice([None, 0.0, 5.0, rng.uniform(-1e4, 1e4)])


def _any_figure(rng):
    return Figure(
        key=(rng.choice(["kpi", "node"]), rng.randint(0, 99)),
        value=_any_number(rng),
        previous=_any_number(rng),
        direction=rng.choice(["higher", "lower"]),
        unit=rng.choice(["percent", "days", "count"]),
        band=rng.choice(BANDS),
        band_before=rng.choice(BANDS),
        bad_runs=rng.randint(0, 3),
        alert=_any_number(rng),
        sample=rng.randint(0, 9),
        limit=rng.choice([None, rng.uniform(0.1, 100)]),
        usual=rng.choice([None, rng.uniform(0.1, 100)]),
    )


class TestJudge(unittest.TestCase):
    def assertSays(self, figure, rule, severity):
        found = judge(figure)
        self.assertEqual((found.rule, found.severity) if found else None, (rule, severity))

    def test_alert_of_the_company_is_critical(self):
        alert = rate(50.0, 85.0, band="alert", band_before="healthy", alert=60.0, bad_runs=1)
        self.assertSays(alert, "alert", "critical")

    def test_alert_of_a_stage_warns_and_is_critical_when_it_stays(self):
        alert = rate(50.0, 85.0, key=NODE, band="alert", alert=60.0, bad_runs=1)
        self.assertSays(alert, "alert", "warning")
        self.assertSays(replace(alert, bad_runs=2), "still_alert", "critical")
        self.assertSays(replace(alert, key=KPI, bad_runs=3), "still_alert", "critical")

    def test_few_deals_are_no_abnormal_stage(self):
        alert = rate(0.0, key=NODE, band="alert", alert=60.0, bad_runs=1)
        self.assertIsNone(judge(replace(alert, sample=findings.FEW - 1)))
        self.assertSays(replace(alert, sample=findings.FEW), "alert", "warning")
        self.assertSays(replace(alert, key=KPI, sample=1), "alert", "critical")

    def test_over_the_limit(self):
        stay = Figure(NODE, 8.0, None, "lower", "days", sample=9, limit=7.0)
        self.assertSays(stay, "over_limit", "warning")
        self.assertSays(replace(stay, value=10.4), "over_limit", "warning")
        self.assertSays(replace(stay, value=10.5), "over_limit", "critical")
        self.assertIsNone(judge(replace(stay, value=7.0)))
        self.assertIsNone(judge(replace(stay, limit=None)))
        self.assertSays(replace(stay, band="alert", alert=5.0, bad_runs=1), "alert", "warning")

    def test_left_healthy(self):
        self.assertSays(rate(79.0, 85.0, band="watch", band_before="healthy"), "left_healthy", "warning")
        self.assertSays(rate(79.0, 78.9, band="watch", band_before="watch"), "watched", "info")

    def test_a_stage_unlike_the_others(self):
        odd = rate(59.9, 59.0, key=NODE, usual=80.0)
        self.assertSays(odd, "outlier", "warning")
        self.assertIsNone(judge(replace(odd, value=60.0)), "three quarters of the usual is not out of the ordinary")
        self.assertIsNone(judge(replace(odd, usual=None)))

    def test_worse_and_better(self):
        self.assertSays(rate(74.0, 79.0, band="watch", band_before="watch"), "worse", "warning")
        self.assertSays(rate(90.0, 95.0, band="healthy", band_before="healthy"), "worse", "info")
        self.assertSays(rate(95.0, 90.0, band="healthy", band_before="healthy"), "better", "good")
        self.assertSays(Figure(KPI, 44.0, 40.0, "lower", "days"), "worse", "warning")
        self.assertSays(Figure(KPI, 36.0, 40.0, "lower", "days"), "better", "good")
        self.assertIsNone(judge(Figure(KPI, 43.0, 40.0, "lower", "days")), "less than a tenth")

    def test_a_stage_has_to_change_twice_as_much(self):
        self.assertFalse(is_notable(rate(70.0, 79.9, key=NODE)))
        self.assertTrue(is_notable(rate(70.0, 80.0, key=NODE)))
        self.assertTrue(is_notable(rate(75.0, 80.0)))

    def test_recovered(self):
        for before, now in (("alert", "watch"), ("alert", "healthy"), ("watch", "healthy")):
            self.assertSays(rate(85.0, 50.0, band=now, band_before=before), "recovered", "good")
        self.assertSays(rate(85.0, 50.0, key=NODE, band="healthy", band_before="alert"), "recovered", "good")
        self.assertIsNone(judge(rate(99.0, 50.0, key=NODE, band="healthy", band_before="healthy")))

    def test_no_data(self):
        self.assertSays(rate(None, 85.0), "no_data", "info")
        self.assertIsNone(judge(rate(None, None)))
        self.assertIsNone(judge(rate(None, 85.0, key=NODE)))

    def test_nothing_to_say(self):
        self.assertIsNone(judge(rate(85.0, 84.0, band="healthy", band_before="healthy")))
        self.assertIsNone(judge(rate(0.0, 0.0)))

    def test_from_zero(self):
        self.assertTrue(is_notable(Figure(KPI, 1.0, 0.0, unit="count")))
        self.assertFalse(is_notable(Figure(KPI, 0.0, 0.0, unit="count")))


class TestOrder(unittest.TestCase):
    def test_gravest_first_and_of_these_the_farthest_off(self):
        figures = [
            rate(95.0, 80.0, key=("kpi", 1), band="healthy"),
            rate(57.0, 80.0, key=("kpi", 2), band="alert", alert=60.0),  # 5 % beyond
            rate(30.0, 80.0, key=("kpi", 3), band="alert", alert=60.0),  # 50 % beyond
            rate(70.0, 80.0, key=("kpi", 4), band="watch", band_before="healthy"),
            rate(54.0, 80.0, key=("kpi", 5), band="alert", alert=60.0),  # 10 % beyond
            rate(70.0, 71.0, key=("kpi", 6), band="watch", band_before="watch"),
        ]
        found = find(figures)
        self.assertEqual([finding.figure.key[1] for finding in found], [3, 5, 2, 4, 6, 1])
        self.assertEqual([finding.weight for finding in found[:3]], [0.5, 0.1, 0.05])
        self.assertEqual([finding.figure.key[1] for finding in first_to_look_at(found)], [3, 5, 2])
        self.assertEqual([finding.figure.key[1] for finding in first_to_look_at(found[2:])], [2, 4])

    def test_usual_of_others(self):
        values = {1: 80.0, 2: 70.0, 3: 10.0}
        self.assertEqual([usual_of_others(values, key) for key in (1, 2, 3)], [40.0, 45.0, 75.0])
        self.assertIsNone(usual_of_others({1: 80.0, 2: 70.0}, 1), "one other stage is no custom")

    def test_any_figures(self):
        """At most one finding each, in order; what is alarming is never said to be good."""
        rng = Random(20260301)
        for _round in range(150):
            figures = [_any_figure(rng) for _number in range(rng.randint(0, 8))]
            found = find(figures)
            self.assertLessEqual(len(found), len(figures))
            ranks = [findings.SEVERITIES.index(finding.severity) for finding in found]
            self.assertEqual(ranks, sorted(ranks))
            self.assertLessEqual(len(first_to_look_at(found)), findings.FIRST)
            for finding in found:
                self.assertGreaterEqual(finding.weight, 0)
                if finding.figure.band == "alert" and finding.figure.value is not None:
                    self.assertIn(finding.severity, ("critical", "warning"))

    def test_examples(self):
        for module in (findings, report_plot):
            self.assertEqual(doctest.testmod(module).failed, 0, module.__name__)


class TestPlot(unittest.TestCase):
    def test_nothing_to_draw(self):
        self.assertIsNone(report_plot.spark([None, None]))
        self.assertIsNone(report_plot.plot([None, None], ["1", "2"], (80.0, 60.0)))
        self.assertIsNone(report_plot.plot([], [], None))

    def test_spark(self):
        # 110 × 26 pixels, 4 around: 0 at the bottom (22), 10 at the top (4), three periods 51 apart.
        drawn = report_plot.spark([0.0, 10.0, 5.0])
        self.assertEqual(drawn["paths"], ["M4.0,22.0 L55.0,4.0 L106.0,13.0"])
        self.assertEqual((drawn["last"], drawn["dots"]), ([106.0, 13.0], []))

    def test_gaps_are_gaps(self):
        drawn = report_plot.spark([0.0, None, 10.0, 5.0, None])
        self.assertEqual(len(drawn["paths"]), 1)
        self.assertEqual(drawn["dots"], [[4.0, 22.0]])
        self.assertIsNone(drawn["last"])

    def test_single_and_steady_values(self):
        self.assertEqual(report_plot.spark([7.0])["last"], [4.0, 13.0])
        self.assertEqual(report_plot.spark([0.0, 0.0])["paths"], ["M4.0,13.0 L106.0,13.0"])

    def test_areas_follow_the_direction(self):
        def areas(direction, bands):
            drawn = report_plot.plot([50.0, 100.0], ["1", "2"], bands, direction)
            return {area["band"]: (area["y"], round(area["y"] + area["height"], 1)) for area in drawn["areas"]}

        higher = areas("higher", (80.0, 60.0))
        self.assertLess(higher["healthy"][1], higher["alert"][0], "healthy is above")
        lower = areas("lower", (60.0, 80.0))
        self.assertLess(lower["alert"][1], lower["healthy"][0], "healthy is below")

    def test_everything_is_inside(self):
        rng = Random(20260302)
        for _round in range(150):
            values = [_any_number(rng) for _number in range(rng.randint(1, 12))]
            bands = rng.choice([None, tuple(sorted([rng.uniform(-1e3, 1e3), rng.uniform(-1e3, 1e3)]))])
            self._check_inside(values, bands)

    def _check_inside(self, values, bands):
        drawn = report_plot.plot(values, [str(number) for number in range(len(values))], bands, "lower")
        if drawn is None:
            self.assertFalse([value for value in values if value is not None])
            return
        points = [*drawn["dots"], *([drawn["last"]] if drawn["last"] else [])]
        points += [
            [float(number) for number in part[1:].split(",")] for path in drawn["paths"] for part in path.split(" ")
        ]
        for x, y in points:
            self.assertTrue(drawn["left"] <= x <= drawn["right"] and 0 <= y <= drawn["bottom"], (x, y))
        for area in drawn["areas"]:
            self.assertTrue(area["height"] >= 0 and area["y"] + area["height"] <= drawn["bottom"] + 0.2, area)

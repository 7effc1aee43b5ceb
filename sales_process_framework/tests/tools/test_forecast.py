import itertools
import unittest
from datetime import date

from ...tools import forecast
from ...tools.period import period_of


class TestForecast(unittest.TestCase):
    def test_pipeline_has_the_moments_of_all_outcomes(self):
        deals = [(100.0, 0.5), (40.0, 0.25), (10.0, 0.9)]
        outcomes = []
        for won in itertools.product((0, 1), repeat=len(deals)):
            chance, amount = 1.0, 0.0
            for is_won, (value, probability) in zip(won, deals, strict=True):
                chance *= probability if is_won else 1 - probability
                amount += value * is_won
            outcomes.append((amount, chance))
        mean = sum(amount * chance for amount, chance in outcomes)
        variance = sum(chance * (amount - mean) ** 2 for amount, chance in outcomes)
        found = forecast.from_pipeline(7.0, deals)
        self.assertAlmostEqual(found.value, 7 + mean)
        self.assertAlmostEqual(found.low, 7 + max(mean - 1.2815515655 * variance**0.5, 0))
        self.assertAlmostEqual(found.high, 7 + min(mean + 1.2815515655 * variance**0.5, 150))

    def test_bounds(self):
        self.assertEqual(forecast.from_pipeline(5.0, ()), forecast.Forecast(5, 5, 5))
        certain = forecast.from_pipeline(0.0, [(10.0, 1.0), (5.0, 0.0)])
        self.assertEqual((certain.value, certain.low, certain.high), (10, 10, 10))

    def test_history(self):
        self.assertIsNone(forecast.from_history(3.0, [1.0, 2.0], 0.5))
        steady = forecast.from_history(30.0, [100.0] * 4, 0.25)
        self.assertEqual((steady.value, steady.low, steady.high), (55, 55, 55))
        self.assertLess(forecast.from_history(30.0, [50.0, 100.0, 150.0], 0.25).low, 55)

    def test_what_the_pipeline_does_not_show_yet(self):
        march = period_of(date(2026, 3, 1), "month")
        today = date(2026, 3, 10)
        self.assertAlmostEqual(forecast.share_beyond(march, today, 6.5), 14 / 31)
        self.assertEqual(forecast.share_beyond(march, today, 21), 0)
        self.assertEqual(forecast.share_beyond(march, today, 400), 0)
        self.assertEqual(forecast.share_beyond(march, today, None), 0)
        self.assertAlmostEqual(forecast.share_beyond(march, date(2026, 1, 10), 60), 20 / 31)
        self.assertEqual(forecast.share_beyond(march, date(2026, 1, 10), 10), 1)

    def test_pipeline_and_history(self):
        deals, past = [(100.0, 0.5), (40.0, 0.25)], [50.0, 100.0, 150.0]
        pipeline = forecast.from_pipeline(7.0, deals)
        for beyond, known in ((0.0, past), (0.5, past[:2])):
            self.assertEqual(forecast.from_both(7.0, deals, known, beyond), pipeline, "one of the two alone")
        both = forecast.from_both(7.0, deals, past, 0.5)
        self.assertAlmostEqual(both.value, pipeline.value + 50)
        variance = 0.25 * 100**2 + 0.1875 * 40**2 + 0.5 * 50**2
        self.assertAlmostEqual(both.high - both.value, 1.2815515655 * variance**0.5)
        history = forecast.from_history(0.0, past, 0.5)
        for alone in (pipeline, history):
            self.assertGreater(both.high - both.value, alone.high - alone.value, "it covers both")
        self.assertGreater(both.high, 7 + 140, "more than the open deals can bring")

    def test_level(self):
        self.assertIsNone(forecast.of_level([], 3.0))
        self.assertEqual(forecast.of_level([20.0] * 3, None).value, 20)
        self.assertEqual(forecast.of_level([20.0] * 3, 25.0), forecast.Forecast(25, 25, 25))

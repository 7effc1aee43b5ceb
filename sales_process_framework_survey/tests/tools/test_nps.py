from itertools import product
from math import sqrt
from unittest import TestCase

from scipy.stats import multinomial

from ...tools.nps import Score, band_of, parse_mark, score


class TestNps(TestCase):
    def test_bands(self):
        bands = [band_of(mark) for mark in range(11)]
        self.assertEqual(bands, ["detractor"] * 7 + ["passive"] * 2 + ["promoter"] * 2)
        for wrong in (-1, 11):
            with self.assertRaises(ValueError):
                band_of(wrong)

    def test_what_a_browser_sends(self):
        self.assertEqual([parse_mark(str(mark)) for mark in range(11)], list(range(11)))
        for wrong in (None, "", "-1", "11", "007", "1.0", " 5", "five", "٣", "9" * 50, "1e1"):
            self.assertIsNone(parse_mark(wrong), wrong)

    def test_score(self):
        """Ten answers: 5 promoters, 3 passives, 2 detractors; the interval worked out by hand from the formula."""
        found = score(5, 3, 2)
        self.assertEqual((found.answers, found.value), (10, 30))
        plus, minus = 6 / 12, 3 / 12
        reach = 1.959963985 * sqrt((plus + minus - (plus - minus) ** 2) / 12)
        self.assertAlmostEqual(found.low, 100 * (plus - minus - reach), 6)
        self.assertAlmostEqual(found.high, 100 * (plus - minus + reach), 6)

    def test_few_answers_are_no_data(self):
        self.assertEqual(score(0, 0, 0), Score(0))
        self.assertEqual(score(4, 3, 2, minimum=10), Score(9))
        self.assertFalse(score(4, 3, 2, minimum=10).has_data)
        self.assertTrue(score(5, 3, 2, minimum=10).has_data)
        self.assertFalse(score(0, 0, 0, minimum=0).has_data)
        # a score of 0 is data
        self.assertEqual((score(1, 0, 1).value, score(1, 0, 1).has_data), (0, True))

    def test_edges(self):
        self.assertEqual(score(10, 0, 0).value, 100)
        self.assertLess(score(10, 0, 0).low, 90, "ten promoters are no proof that everybody is one")
        self.assertEqual(score(1000, 0, 0).high, 100)
        self.assertEqual(score(0, 0, 7).value, -100)
        mirrored, found = score(2, 3, 9), score(9, 3, 2)
        self.assertAlmostEqual(mirrored.low, -found.high)
        self.assertLess(score(90, 30, 20).high - score(90, 30, 20).low, found.high - found.low)

    def test_interval_keeps_its_promise(self):
        """Share of samples whose interval holds the true score, summed over all samples there are: about 95 %."""
        for size, shares in product((10, 25), ((0.5, 0.3, 0.2), (0.2, 0.4, 0.4), (0.7, 0.2, 0.1), (0.34, 0.33, 0.33))):
            truth, covered = 100 * (shares[0] - shares[2]), 0.0
            for promoters in range(size + 1):
                for detractors in range(size + 1 - promoters):
                    sample = (promoters, size - promoters - detractors, detractors)
                    found = score(*sample)
                    if found.low <= truth <= found.high:
                        covered += multinomial.pmf(sample, size, shares)
            self.assertGreater(covered, 0.935, (size, shares))
            self.assertLess(covered, 0.99, (size, shares))

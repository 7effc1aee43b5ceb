import doctest
import unittest

from ...tools import fulltext, library, skill
from ...tools.library import Place
from ...tools.skill import Evidence


class TestFulltext(unittest.TestCase):
    def test_examples(self):
        for module in (fulltext, library, skill):
            with self.subTest(module=module.__name__):
                self.assertEqual(doctest.testmod(module).failed, 0)

    def test_nothing_to_search_for(self):
        for text in ("", "  ", "%", "'; DROP", None):
            self.assertNotIn(";", "".join(query for query, _word in fulltext.terms(text)))
        self.assertEqual(fulltext.terms("… — !"), [])
        self.assertEqual(fulltext.vector([("A", "")]), "")

    def test_marks_of_the_query_language_are_no_words(self):
        self.assertEqual(fulltext.tokens("a & b | !c :* 'd' \\"), ["a", "b", "c", "d"])

    def test_full_width_and_case(self):
        self.assertEqual(fulltext.tokens("ＣＲＭ"), ["crm"])

    def test_a_phrase_does_not_reach_into_the_next_part(self):
        self.assertEqual(fulltext.vector([("A", "異議"), ("B", "處理")]), "'異議':1A '議':2A '處理':13B '理':14B")

    def test_long_texts_stay_within_the_limits(self):
        vector = fulltext.vector([("C", "word " * 20000), ("C", "x" * 500)])
        self.assertLessEqual(vector.count(","), 255)
        self.assertNotIn(str(fulltext.LAST_POSITION + 1), vector)


class TestSkill(unittest.TestCase):
    def test_training_alone(self):
        self.assertEqual(skill.level(Evidence(trainings=1)), 1)
        self.assertEqual(skill.level(Evidence(trainings=5, passed=True)), 2)

    def test_practice_counts_more_when_it_is_clean(self):
        levels = [
            skill.level(Evidence(executions=executions, clean=clean))
            for executions, clean in ((1, 0), (4, 4), (5, 3), (5, 2), (15, 12), (15, 11), (100, 0))
        ]
        self.assertEqual(levels, [1, 1, 2, 1, 3, 2, 1])

    def test_highest(self):
        self.assertEqual(skill.level(Evidence(trainings=3, passed=True, executions=99, clean=99)), 4)

    def test_no_practice_has_no_rate(self):
        self.assertIsNone(Evidence().pass_rate)
        self.assertEqual(Evidence(executions=2).pass_rate, 0)


class TestLibrary(unittest.TestCase):
    def test_more_in_common_is_worth_more(self):
        lead = Place(stages=[1], actions=[2], industries=[3], personas=[4])
        places = [
            Place(),
            Place(industries=[3]),
            Place(stages=[1]),
            Place(actions=[2]),
            Place(stages=[1], actions=[2], industries=[3], personas=[4]),
        ]
        scores = [library.score(library.reasons(place, lead)) for place in places]
        self.assertEqual(scores, sorted(scores))
        self.assertEqual(scores[0], 0)

    def test_a_hit_in_the_name_beats_the_place(self):
        near = library.score({"action": {1}, "stage": {1}}, text_rank=0.0)
        self.assertGreater(library.score({}, text_rank=0.5), near)

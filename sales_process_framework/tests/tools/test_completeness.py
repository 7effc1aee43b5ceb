from odoo.tests import BaseCase

from ...tools.completeness import Item, Rule, asked

PHONE, REVENUE, AHEAD = Item("filled", "phone"), Item("filled", "expected_revenue"), Item("ahead", "date_deadline")


class TestCompleteness(BaseCase):
    def test_rules_go_on_into_later_stages_unless_they_do_not(self):
        rules = [Rule(2, (REVENUE,)), Rule(2, (AHEAD,), and_later=False)]
        found = asked([PHONE], [1, 2, 3], rules)
        self.assertEqual(found[None], (PHONE,))
        self.assertEqual(found[1], (PHONE,))
        self.assertEqual(found[2], (PHONE, REVENUE, AHEAD))
        self.assertEqual(found[3], (PHONE, REVENUE))

    def test_what_is_asked_for_twice_counts_once(self):
        found = asked([PHONE], [1, 2], [Rule(1, (PHONE, REVENUE)), Rule(2, (REVENUE,))])
        self.assertEqual(found[2], (PHONE, REVENUE))

    def test_the_shorter_limit_on_contact_counts(self):
        rules = [Rule(1, (Item("contact", days=30),)), Rule(2, (Item("contact", days=7),))]
        found = asked([], [1, 2], rules)
        self.assertEqual(found[1], (Item("contact", days=30),))
        self.assertEqual(found[2], (Item("contact", days=7),))

    def test_keys(self):
        self.assertEqual(
            [PHONE.key, AHEAD.key, Item("contact", days=7).key], ["phone", "ahead:date_deadline", "contact:7"]
        )

import unittest
from datetime import datetime, timedelta

from ...tools.lifecycle import Customer, Rule, place

NOW = datetime(2026, 3, 2, 12)
USE = Rule(phase=1, kind="use")
AGAIN = Rule(phase=2, kind="repurchase", days_without_order=90)
CHURN = Rule(phase=3, kind="churn", days_without_order=365, days_without_contact=120)


def ago(days):
    return NOW - timedelta(days=days)


class TestLifecycle(unittest.TestCase):
    def place(self, customer, rules=(USE, AGAIN, CHURN)):
        found = place(customer, rules, NOW)
        return found and (found.kind, found.reason)

    def test_way_of_a_customer(self):
        self.assertEqual(self.place(Customer(ago(1), 1)), ("use", "first_order"))
        self.assertEqual(self.place(Customer(ago(90), 1)), ("repurchase", "no_order"))
        self.assertEqual(self.place(Customer(ago(1), 2)), ("repurchase", "ordered_again"))
        self.assertEqual(self.place(Customer(ago(365), 5, ago(1))), ("churn", "no_order"))

    def test_silence(self):
        self.assertEqual(self.place(Customer(ago(200), 2, ago(120))), ("churn", "no_contact"))
        self.assertEqual(self.place(Customer(ago(200), 2, ago(119))), ("repurchase", "ordered_again"))
        self.assertEqual(self.place(Customer(ago(10), 1, ago(300))), ("use", "first_order"), "an order is a contact")
        self.assertEqual(self.place(Customer(ago(120), 1)), ("churn", "no_contact"), "no contact known")

    def test_phases_that_a_journey_lacks(self):
        self.assertIsNone(self.place(Customer(ago(1), 1), ()))
        self.assertIsNone(self.place(Customer(ago(1), 1), (CHURN,)))
        self.assertEqual(self.place(Customer(ago(999), 9), (USE,)), ("use", "first_order"))

    def test_zero_is_no_rule(self):
        rules = (USE, Rule(2, "repurchase"), Rule(3, "churn"))
        self.assertEqual(self.place(Customer(ago(5000), 1), rules), ("use", "first_order"))

    def test_first_phase_of_a_kind_counts(self):
        rules = (USE, Rule(3, "churn", days_without_order=10), Rule(4, "churn", days_without_order=5))
        self.assertEqual(self.place(Customer(ago(7), 1), rules), ("use", "first_order"))

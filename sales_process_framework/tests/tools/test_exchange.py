"""Checking a process file, without a database."""

import copy
import json
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ...tools.exchange import FORMAT, FORMAT_VERSION, ExchangeError, check

TEMPLATES = Path(__file__).parents[2] / "data" / "templates"


def _text(text):
    return {"en_US": text}


def _good():
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "process": {"name": _text("Fine")},
        "roles": [{"key": "rep", "name": _text("Rep"), "kind": "salesperson"}],
        "stages": [
            {
                "name": _text("One"),
                "role": "rep",
                "time_limit_days": 1.5,
                "requirements": [
                    {"key": "a", "name": _text("A")},
                    {"key": "b", "name": _text("B"), "after": ["a"]},
                ],
            },
            {"name": _text("Two"), "requirements": [{"key": "c", "name": _text("C"), "after": ["b", "a"]}]},
        ],
    }


@tagged("post_install", "-at_install")
class TestExchangeCheck(BaseCase):
    def _refused(self, change):
        data = _good()
        change(data)
        with self.assertRaises(ExchangeError) as caught:
            check(data)
        return str(caught.exception)

    def test_good_file_is_returned_unchanged(self):
        data = _good()
        before = copy.deepcopy(data)
        self.assertIs(check(data), data)
        self.assertEqual(data, before)

    def test_ready_templates_are_good(self):
        files = sorted(TEMPLATES.glob("*.json"))
        self.assertEqual([file.stem for file in files], ["b2b", "b2c", "services", "technology"])
        for file in files:
            with self.subTest(file=file.stem):
                check(json.loads(file.read_text(encoding="utf-8")))

    def test_least_that_a_file_needs(self):
        check(
            {
                "format": FORMAT,
                "format_version": FORMAT_VERSION,
                "process": {"name": _text("P")},
                "stages": [{"name": _text("S")}],
            }
        )

    def test_no_object(self):
        for data in (None, [], "text", 1, True):
            with self.subTest(data=data), self.assertRaises(ExchangeError) as caught:
                check(data)
            self.assertEqual(str(caught.exception), "The file is not a process file")

    def test_format_and_version(self):
        self.assertIn("format", self._refused(lambda data: data.update(format="odoo")))
        self.assertIn("newer", self._refused(lambda data: data.update(format_version=FORMAT_VERSION + 1)))
        self.assertIn("format_version", self._refused(lambda data: data.pop("format_version")))

    def test_place_is_named(self):
        def requirement(**vals):
            return lambda data: data["stages"][1]["requirements"][0].update(vals)

        for change, place in (
            (lambda data: data["process"].pop("name"), "process.name"),
            (lambda data: data["process"].update(name={"zh_TW": "名"}), "process.name has no text for en_US"),
            (lambda data: data["process"].update(name={"en_US": "N", "zh_TW": 5}), "process.name"),
            (lambda data: data["process"].update(skip_rule="never"), "process.skip_rule"),
            (lambda data: data.update(roles="rep"), "roles"),
            (lambda data: data["roles"][0].update(kind="boss"), "roles[0].kind"),
            (lambda data: data["roles"].append(dict(data["roles"][0])), "roles[1].key"),
            (lambda data: data.update(stages=[]), "stages lists no stage"),
            (lambda data: data["stages"].append(5), "stages[2]"),
            (lambda data: data["stages"][0].update(role="x"), "stages[0].role"),
            (lambda data: data["stages"][0].update(time_limit_days=-1), "stages[0].time_limit_days"),
            (lambda data: data["stages"][0].update(time_limit_days=float("nan")), "stages[0].time_limit_days"),
            (lambda data: data["stages"][0].update(requirements="all"), "stages[0].requirements"),
            (requirement(key=None), "stages[1].requirements[0].key is missing"),
            (requirement(key="a"), "stages[1].requirements[0].key “a” stands twice"),
            (requirement(gate="x"), "stages[1].requirements[0].gate is “x”, not one of entry, exit"),
            (requirement(kind="x"), "stages[1].requirements[0].kind"),
            (requirement(spin_technique="x"), "stages[1].requirements[0].spin_technique"),
            (requirement(min_count=1.5), "stages[1].requirements[0].min_count"),
            (requirement(max_count=True), "stages[1].requirements[0].max_count"),
            (requirement(mandatory=1), "stages[1].requirements[0].mandatory"),
            (requirement(judgement=1), "stages[1].requirements[0].judgement"),
            (requirement(fields=[1]), "stages[1].requirements[0].fields"),
            (requirement(role="x"), "stages[1].requirements[0].role names the unknown role “x”"),
            (requirement(after=["x"]), "stages[1].requirements[0].after names the unknown requirement “x”"),
            (requirement(after="a"), "stages[1].requirements[0].after"),
            (requirement(templates=[{"name": _text("T")}]), "stages[1].requirements[0].templates[0]"),
            (requirement(script="<p>x</p>"), "stages[1].requirements[0].script"),
        ):
            with self.subTest(place=place):
                self.assertIn(place, self._refused(change))

    def test_circles(self):
        for afters in ({"a": ["a"]}, {"a": ["b"]}, {"a": ["c"]}):

            def change(data, afters=afters):
                for stage in data["stages"]:
                    for requirement in stage["requirements"]:
                        requirement["after"] = afters.get(requirement["key"], requirement.get("after"))

            with self.subTest(afters=afters):
                self.assertIn("circle", self._refused(change))

    def test_waiting_for_something_later_is_no_circle(self):
        data = _good()
        for requirement in data["stages"][0]["requirements"]:
            requirement["after"] = ["c"]
        data["stages"][1]["requirements"][0]["after"] = []
        check(data)

"""Indicators of answers, support, visits and closing dates against a plain Python computation on generated facts."""

from datetime import timedelta

from odoo.tests import tagged

from .facts_common import DAY, MOMENTS, START, STOP, FactsCommon, Row, choose, given, st, worlds

CLOCK_STATES = ("running", "kept", "kept", "breached_open", "breached_answered", "void")
#: What `_check_world` says for itself.
CODES = ("first_response_time", "first_response_kept", "sla_kept", "visits", "closing_slippage")
REQUEST_STATES = ("new", "in_progress", "waiting", "delivered", "accepted", "cancelled")


def fact_strategy():
    return st.fixed_dictionaries(
        {
            "moment": choose(*MOMENTS),
            "user": choose(None, 0, 1),
            "clock": choose(*CLOCK_STATES),
            "minutes": choose(None, 0.5, 3.0, 90.0),
            "request": choose(*REQUEST_STATES),
            "breached": choose(None, False, True),
            "touch": choose("meeting", "manual", "note", "call", "email_in"),
            "offline": choose(None, True, False),
            "human": choose(True, True, False),
            "pushed": choose(None, -3, 0, 14),
        }
    )


@tagged("post_install", "-at_install")
class TestFactsOfService(FactsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journey = cls.env["sales.process.journey"].create({"name": "Journey", "company_id": cls.company.id})
        phase = cls.env["sales.process.journey.phase"].create(
            {"name": "Choose", "kind": "decision", "journey_id": cls.journey.id}
        )
        cls.fair, cls.site = cls.env["sales.process.touchpoint"].create(
            [{"name": kind, "phase_id": phase.id, "channel_kind": kind} for kind in ("offline", "online")]
        )
        cls.department = cls.env["sales.process.department"].create({"name": "Legal", "company_id": False})
        cls.policy = cls.env["sales.process.sla.policy"].create(
            {"name": "Review", "department_id": cls.department.id, "company_id": False}
        )

    def _write_clocks(self, drawn):
        return self._insert(
            "sales_process_response",
            [
                {
                    "lead_id": self.lead_id,
                    "company_id": self.south.id,
                    "started": fact["moment"],
                    "deadline": fact["moment"] + DAY,
                    "state": fact["clock"],
                    "minutes_working": fact["minutes"],
                    "answered_by_id": self._user(fact),
                }
                for fact in drawn
            ],
        )

    def _write_requests(self, drawn):
        return self._insert(
            "sales_process_support_request",
            [
                {
                    "name": "Review",
                    "lead_id": self.lead_id,
                    "policy_id": self.policy.id,
                    "department_id": self.department.id,
                    "asker_id": self.rep.id,
                    "date_requested": fact["moment"] - DAY,
                    "resolution_deadline": fact["moment"],
                    "state": fact["request"],
                    "resolution_breached": fact["breached"],
                }
                for fact in drawn
            ],
        )

    def _write_touches(self, drawn):
        points = {None: None, True: self.fair.id, False: self.site.id}
        return self._insert(
            "sales_process_touch",
            [
                {
                    "lead_id": self.lead_id,
                    "company_id": self.north.id,
                    "date": fact["moment"],
                    "source": fact["touch"],
                    "direction": "out",
                    "human": fact["human"],
                    "touchpoint_id": points[fact["offline"]],
                    "user_id": self._user(fact),
                }
                for fact in drawn
            ],
        )

    def _write_moves(self, drawn):
        day = START.date()
        return self._insert(
            "sales_process_closing_change",
            [
                {
                    "lead_id": self.lead_id,
                    "company_id": self.south.id,
                    "user_id": self._user(fact),
                    "date": fact["moment"],
                    "from_date": day,
                    "to_date": None if fact["pushed"] is None else day + timedelta(days=fact["pushed"]),
                    "days": fact["pushed"] or 0,
                }
                for fact in drawn
            ],
        )

    def _user(self, fact):
        return None if fact["user"] is None else self.users[fact["user"]].id

    def _row(self, number, company, user, num):
        return Row(number, self.lead_id, company.id, self.team.id, user, None, None, self.sources[1].id, None, num, 1)

    def _check_world(self, drawn):
        self.lead_id = self._plain_lead(team_id=self.team.id, user_id=self.leader.id, source_id=self.sources[1].id)
        clocks, requests = self._write_clocks(drawn), self._write_requests(drawn)
        touches, moves = self._write_touches(drawn), self._write_moves(drawn)
        due = [index for index, fact in enumerate(drawn) if START <= fact["moment"] < STOP]

        def rows(ids, company, keep, num, own_user=True, fallback=None):
            return [
                self._row(
                    ids[index],
                    company,
                    (self._user(drawn[index]) if own_user else None) or fallback,
                    num(drawn[index]),
                )
                for index in due
                if keep(drawn[index])
            ]

        answered = rows(
            clocks,
            self.south,
            lambda fact: fact["clock"] in ("kept", "breached_answered"),
            lambda fact: fact["minutes"] or 0,
            fallback=self.leader.id,
        )
        self.assertFacts("first_response_time", [self.lead_id], answered)
        self.assertFacts(
            "first_response_kept",
            [self.lead_id],
            rows(
                clocks,
                self.south,
                lambda fact: fact["clock"] not in ("running", "void"),
                lambda fact: int(fact["clock"] == "kept"),
                fallback=self.leader.id,
            ),
        )
        self.assertFacts(
            "sla_kept",
            [self.lead_id],
            rows(
                requests,
                self.north,
                lambda fact: fact["request"] != "cancelled" and (fact["request"] != "waiting" or fact["breached"]),
                lambda fact: int(fact["request"] in ("delivered", "accepted") and not fact["breached"]),
                own_user=False,
                fallback=self.leader.id,
            ),
        )
        self.assertFacts(
            "visits",
            [self.lead_id],
            rows(
                touches,
                self.north,
                lambda fact: (
                    fact["human"]
                    and (fact["touch"] == "meeting" or (fact["touch"] in ("manual", "note") and fact["offline"]))
                ),
                lambda fact: 1,
                fallback=self.leader.id,
            ),
        )
        self.env.cr.execute("UPDATE sales_process_closing_change SET team_id = %s", [self.team.id])
        self.assertFacts(
            "closing_slippage",
            [self.lead_id],
            rows(moves, self.south, lambda fact: fact["pushed"] is not None, lambda fact: fact["pushed"]),
        )

    def test_generated_facts(self):
        if given is None:
            self.skipTest("needs hypothesis")

        @worlds()
        @given(st.lists(fact_strategy(), min_size=2, max_size=7))
        def check(drawn):
            self.env.cr.execute("SAVEPOINT world")
            try:
                self._check_world(drawn)
            finally:
                self.env.cr.execute("ROLLBACK TO SAVEPOINT world")

        check()

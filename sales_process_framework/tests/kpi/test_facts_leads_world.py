"""Indicators of leads, deals and customers against a plain Python computation on generated leads."""

from odoo.tests import tagged

from .facts_common import DAY, MOMENTS, START, STOP, FactsCommon, Row, choose, days, given, st, worlds

FATES = ("open", "open", "won", "won", "won", "lost", "archived")


def lead_strategy():
    index = choose(None, 0, 1)
    return st.fixed_dictionaries(
        {
            "fate": choose(*FATES),
            "type": choose("opportunity", "opportunity", "opportunity", "lead"),
            "moments": st.tuples(choose(*MOMENTS), choose(*MOMENTS), choose(*MOMENTS)).map(sorted),
            "converted": st.booleans(),
            "closing_known": choose(True, True, True, False),
            "revenue": choose(None, 0.0, 100.0, 2500.5),
            "probability": choose(0.0, 12.5, 60.0),
            "contact": choose(None, 0, 1, 2, 3, 4),
            "company": choose(None, 0, 1, 2, 1),
            "team": index,
            "user": choose(None, 0, 1, 2),
            "source": index,
            "country": index,
            "stage": choose(None, 0, 1, 2),
            "phone": choose(None, "", "1"),
        }
    )


class Lead:
    """What the oracle knows of a lead: its values, and nothing of SQL."""

    def __init__(self, test, drawn):
        self.fate, self.type = drawn["fate"], drawn["type"]
        self.created, converted, closed = drawn["moments"]
        self.converted = converted if drawn["converted"] and self.type == "opportunity" else None
        # a restored lead keeps the date of its last closing
        self.closed = closed if drawn["closing_known"] or self.fate in ("lost", "archived") else None
        self.revenue = drawn["revenue"]
        self.probability = {"won": 100.0, "lost": 0.0}.get(self.fate, drawn["probability"])

        def pick(records, name):
            return None if drawn[name] is None else records[drawn[name]].id

        self.company_id = pick(test.companies, "company")
        self.contact = None if drawn["contact"] is None else test.contacts[drawn["contact"]]
        self.customer = self.contact and self.contact.commercial_partner_id.id
        self.team, self.user = pick(test.teams, "team"), pick(test.users, "user")
        self.source, self.country = pick(test.sources, "source"), pick(test.countries, "country")
        self.stage = pick(test.process.stage_ids, "stage")
        self.process = test.process.id if self.stage else None
        self.phone = drawn["phone"]
        self.company = test._home(self.company_id)
        self.id = None

    def columns(self):
        return {
            "name": "World",
            "type": self.type,
            "active": self.fate in ("open", "won"),
            "won_status": {"won": "won", "lost": "lost"}.get(self.fate, "pending"),
            "probability": self.probability,
            "expected_revenue": self.revenue,
            "create_date": self.created,
            "date_conversion": self.converted,
            "date_closed": self.closed,
            "partner_id": self.contact and self.contact.id,
            "company_id": self.company_id,
            "team_id": self.team,
            "user_id": self.user,
            "source_id": self.source,
            "country_id": self.country,
            "sales_process_id": self.process,
            "sales_process_stage_id": self.stage,
            "phone": self.phone,
        }

    def row(self, num, den):
        keys = (self.company, self.team, self.user, self.process, self.stage, self.source, self.country)
        return Row(self.id, self.id, *keys, num, den)

    def is_open_at(self, moment):
        began = self.converted or self.created
        if self.type != "opportunity" or began >= moment:
            return False
        return self.fate == "open" or bool(self.closed and self.closed >= moment)

    def is_won_in(self, start, stop):
        return self.is_won and start <= self.closed < stop

    @property
    def is_won(self):
        return self.type == "opportunity" and self.fate == "won" and self.closed is not None


def lead_conversion(leads):
    return [
        lead.row(int(lead.converted is not None), 1)
        for lead in leads
        if START <= lead.created < STOP and (lead.type == "lead" or lead.converted)
    ]


def win_rate(leads):
    return [
        lead.row(int(lead.fate == "won"), 1)
        for lead in leads
        if lead.type == "opportunity" and lead.fate in ("won", "lost") and lead.closed and START <= lead.closed < STOP
    ]


def revenue(leads):
    return [lead.row(lead.revenue or 0.0, 1) for lead in leads if lead.is_won_in(START, STOP)]


def sales_cycle(leads):
    return [lead.row(days(lead.closed - lead.created), 1) for lead in leads if lead.is_won_in(START, STOP)]


def open_leads(leads):
    return [lead.row(1, 1) for lead in leads if lead.is_open_at(STOP)]


def weighted_pipeline(leads):
    return [lead.row((lead.revenue or 0.0) * lead.probability / 100, 1) for lead in leads if lead.is_open_at(STOP)]


def data_completeness(leads):
    rows = []
    for lead in leads:
        if lead.is_open_at(STOP):
            values = [lead.phone, lead.source]
            if not lead.process:
                # partner, email, phone, revenue, closing date, source, salesperson
                values += [lead.contact and lead.contact.id, None, None, lead.user]
                values += [None if lead.revenue is None else "amount"]
            rows.append(lead.row(sum(bool(value) for value in values), len(values)))
    return rows


def deals_per_head(leads):
    worked = [
        lead
        for lead in leads
        if lead.user
        and lead.type == "opportunity"
        and (lead.converted or lead.created) < STOP
        and (lead.fate == "open" or (lead.closed and lead.closed >= START))
    ]
    heads = {}
    for lead in worked:
        heads[lead.company, lead.user] = heads.get((lead.company, lead.user), 0) + 1
    return [lead.row(int(lead.is_won_in(START, STOP)), 1 / heads[lead.company, lead.user]) for lead in worked]


def _purchases(leads, start, stop):
    """:return: {(company, customer): (all purchases in order of time, those of the period)}"""
    result = {}
    for lead in sorted(
        (lead for lead in leads if lead.is_won and lead.customer), key=lambda lead: (lead.closed, lead.id)
    ):
        everything, within = result.setdefault((lead.company, lead.customer), ([], []))
        everything.append(lead)
        if start <= lead.closed < stop:
            within.append(lead)
    return {key: value for key, value in result.items() if value[1]}


def new_customer_share(leads):
    return [
        within[0].row(int(everything[0] is within[0]), 1)
        for everything, within in _purchases(leads, START, STOP).values()
    ]


def repurchase_rate(leads):
    return [
        within[-1].row(int(everything.index(within[-1]) > 0), 1)
        for everything, within in _purchases(leads, START, STOP).values()
    ]


def new_customer_growth(leads):
    # February 2025 in Brussels: 28 days before the start, in winter time as it
    before = START - 28 * DAY
    now = _purchases(leads, START, STOP).values()
    then = _purchases(leads, before, START).values()
    return [within[0].row(1, 0) for everything, within in now if everything[0] is within[0]] + [
        within[0].row(-1, 1) for everything, within in then if everything[0] is within[0]
    ]


ORACLES = {
    "lead_conversion": lead_conversion,
    "win_rate": win_rate,
    "revenue": revenue,
    "average_deal": revenue,
    "sales_cycle": sales_cycle,
    "open_leads": open_leads,
    "weighted_pipeline": weighted_pipeline,
    "data_completeness": data_completeness,
    "deals_per_head": deals_per_head,
    "new_customer_share": new_customer_share,
    "new_customer_growth": new_customer_growth,
    "repurchase_rate": repurchase_rate,
}


@tagged("post_install", "-at_install")
class TestFactsOfLeads(FactsCommon):
    def test_generated_leads(self):
        """Leads of any fate, at the very edges of the period, of three companies and of none."""
        if given is None:
            self.skipTest("needs hypothesis")

        @worlds()
        @given(st.lists(lead_strategy(), min_size=3, max_size=10))
        def check(drawn):
            self.env.cr.execute("SAVEPOINT world")
            try:
                leads = [Lead(self, values) for values in drawn]
                for lead, number in zip(leads, self._insert("crm_lead", [x.columns() for x in leads]), strict=True):
                    lead.id = number
                for code, oracle in ORACLES.items():
                    self.assertFacts(code, [lead.id for lead in leads], oracle(leads))
            finally:
                self.env.cr.execute("ROLLBACK TO SAVEPOINT world")

        check()

from datetime import timedelta

from ...tools.touch import TouchEvent
from ..stories import working_moment
from . import contact_texts

#: Leads that arrived within these days have a response clock behind them.
CLOCK_DAYS = 200


class ContactBuilder:
    """Writes what customers and reps said to each other along the stages of the demo company's deals.

    :param journey: ``sales.process.journey``, still a draft, with an environment that posts nothing
    :param utc_hour: when the working day of the team begins
    """

    def __init__(self, rng, journey, utc_hour):
        self.rng = rng
        self.env = journey.env
        self.journey = journey
        self.company = journey.process_ids.company_id
        self.utc_hour = utc_hour
        self.now = self.env.cr.now().replace(microsecond=0)
        self.leads = (
            self.env["crm.lead"]
            .with_context(active_test=False)
            .search([("sales_process_id", "in", journey.process_ids.ids), ("user_id", "!=", False)], order="id")
        )
        self.phases = {}
        for phase in journey.phase_ids.sorted("sequence", reverse=True):
            self.phases.update(dict.fromkeys(phase.process_stage_ids.ids, phase))
        self.call_type = self.env.ref("mail.mail_activity_data_call")
        self.discussion = self.env.ref("mail.mt_comment")
        self.done = self.env.ref("mail.mt_activities")

    # -- before the journey runs: nothing is recorded by itself yet ----------------

    def write_messages(self):
        """:return: list of (message, lead, touchpoint, source, direction), to be recorded once the journey runs"""
        plans = [plan for lead in self.leads for plan in self._plan_lead(lead)]
        messages = self.env["mail.message"].create([self._prepare_message_vals(*plan) for plan in plans])
        return [
            (message, lead, touchpoint, source, "in" if source == "email_in" else "out")
            for message, (lead, touchpoint, source, _date) in zip(messages, plans, strict=True)
        ]

    def _plan_lead(self, lead):
        visits = lead.sales_visit_ids.sorted("entered")
        for visit in visits:
            phase = self.phases.get(visit.process_stage_id.id)
            known = phase.touchpoint_ids if phase else self.journey.touchpoint_ids.browse()
            for touchpoint in known.filtered(lambda one: one.match_source in contact_texts.SUBJECTS):
                if self.rng.random() < contact_texts.CHANCES[touchpoint.match_source]:
                    date = self._pick_moment(visit.entered, visit.left or self.now)
                    if date:
                        yield lead, touchpoint, touchpoint.match_source, date

    def _pick_moment(self, start, end):
        """:return: a moment of a working day of the stay, None when the stay is too short"""
        hours = (end - start).total_seconds() / 3600
        if hours < 3:
            return None
        moment = working_moment(self.rng, start + timedelta(hours=self.rng.uniform(1, hours - 1)), self.utc_hour)
        return moment if start < moment < end else None

    def _prepare_message_vals(self, lead, touchpoint, source, date):
        subject = self.rng.choice(contact_texts.SUBJECTS[source])
        rep = lead.user_id.partner_id
        vals = {
            "model": "crm.lead",
            "res_id": lead.id,
            "date": date,
            "subject": subject,
            "body": f"<p>{self.rng.choice(contact_texts.BODIES[source])}</p>",
            "author_id": rep.id,
            "email_from": rep.email_formatted,
            "message_type": "comment",
            "subtype_id": self.discussion.id,
        }
        if source == "email_in":
            vals |= {"message_type": "email", "author_id": lead.partner_id.id or False}
            vals["email_from"] = lead.partner_id.email_formatted or lead.email_from or "customer@example.com"
        elif source == "email_out":
            vals["partner_ids"] = lead.partner_id.ids
        else:
            vals |= {"message_type": "notification", "subtype_id": self.done.id, "subject": False}
            vals["mail_activity_type_id"] = self.call_type.id
            vals["body"] = f"<p>{subject}</p>{vals['body']}"
        return vals

    def fit_lifecycle(self):
        """Give customers up so early that at least two are lost by now, whatever the date of the installation."""
        customers = self.env["sales.process.customer"]
        orders = customers._get_last_order_dates(customers._get_customers(0, None))
        last = sorted(date for (_partner, company), (date, _count) in orders.items() if company == self.company.id)
        churn = self.journey.phase_ids.filtered(lambda phase: phase.kind == "churn")[:1]
        # In whole months, as people set such rules.
        churn.days_without_order = min(churn.days_without_order, (self.now - last[1]).days // 30 * 30)

    # -- once it runs --------------------------------------------------------------

    def record(self, contacts):
        """Touches of the messages, at the touchpoint of their time."""
        Touch = self.env["sales.process.touch"]
        rules = next(rules for rules in Touch._get_journeys() if rules.journey == self.journey.id)
        rows = []
        for message, lead, touchpoint, source, direction in contacts:
            event = TouchEvent(
                lead_id=lead.id,
                source=source,
                direction=direction,
                date=message.date,
                partner_id=lead.partner_id.id,
                user_id=lead.user_id.id if direction == "out" else False,
                message_id=message.id,
                touchpoint_id=touchpoint.id,
                phase_id=touchpoint.phase_id.id,
                text=message.subject or touchpoint.name,
            )
            rows.append(Touch._prepare_touch_row(event, lead, rules))
        touches = Touch._insert(rows)
        self._write_clocks(touches)
        return touches

    def _write_clocks(self, touches):
        """A clock behind every lead of late that came from the web, mostly answered in time; some still run."""
        Clock = self.env["sales.process.response"]
        standards = self.env["sales.process.touchpoint"]._get_response_standards()
        arrival = next(one for one in standards if one.journey == self.journey.id and one.clock == "lead_created")
        mail = next(one for one in standards if one.journey == self.journey.id and one.clock == "incoming")
        recent = self.leads.filtered(lambda lead: lead.create_date > self.now - timedelta(days=CLOCK_DAYS))
        wanted = [
            (lead, arrival, working_moment(self.rng, lead.create_date, self.utc_hour), "web_form") for lead in recent
        ]
        for clock in Clock._start(wanted):
            minutes = self.rng.choice((1, 2, 2, 2, 3, 5, 14))
            clock._stop(clock.started + timedelta(minutes=minutes), clock.lead_id.user_id.id)
        recent._assign_response_times()
        opened = self.leads.filtered(lambda lead: lead.active and lead.won_status == "pending")
        waiting = self.rng.sample(opened.sorted("id").ids, 9)
        hours = (0.2, 0.5, 1, 2, 3, 5, 26, 30, 50)
        Clock._start(
            [
                (lead, mail, self.now - timedelta(hours=passed), "email_in")
                for lead, passed in zip(opened.browse(waiting), hours, strict=True)
            ]
        )
        # Lost within the standard: nobody waits for these answers any more.
        lost = self.leads.filtered(lambda lead: not lead.active and lead.date_closed).sorted("date_closed")[-4:-2]
        Clock._start([(lead, mail, lead.date_closed - timedelta(minutes=30), "email_in") for lead in lost])
        Clock._breach(self.now)

    def place_customers(self):
        """Who bought is in use, buys again or is lost."""
        customers = self.env["sales.process.customer"]
        partners = customers._get_customers(0, None)
        customers._place_customers(partners)

from datetime import timedelta

from odoo import Command, api, models

from ...tools.period import period_of

#: What was assessed and concluded on the first, worst topic of a kind.
WORDS = {
    "node": (
        "Reps go on before the customer has said what is wrong today. The stage is passed with half the questions.",
        "The needs analysis is split in two talks, and tried in a pilot first.",
    ),
    "bottleneck": (
        "Deals wait for a date with the technical adviser; two of them share one calendar.",
        "A fixed morning a week for first talks, booked by the reps themselves.",
    ),
    "sla": (
        "Case studies are written from nothing each time, and marketing learns of them late.",
        "Three case studies by industry are kept ready; only the last page is new.",
    ),
    "indicator": (
        "The figure moves with the season, but it has been below last year for three months.",
        "Watched for another month, with the loss reasons of each lost deal read aloud.",
    ),
}
#: What was agreed on these, one each, and besides: words, owner, days from the meeting, and what came of it.
ACTIONS = (
    (
        "Write down the questions of the first talk",
        "user_rep_anna",
        10,
        "done",
        "Twelve questions, tried with four customers.",
    ),
    (
        "A fixed morning a week for first talks with the adviser",
        "user_leader_maria",
        14,
        "done",
        "Tuesdays, since last month.",
    ),
    ("Case studies for machine building, food and packaging", "user_rep_chloe", 18, "open", False),
    ("Read the loss reasons of the quarter and sort them", "user_manager", 60, "open", False),
    (
        "Invite a speaker on prices",
        "user_leader_maria",
        25,
        "cancelled",
        "The half-year review has it on its agenda already.",
    ),
)


class SalesProcessReviewDemo(models.AbstractModel):
    """Schedules, a review that was closed with actions, the next one, prepared, and one of the other company."""

    _name = "sales.process.demo.review"
    _inherit = "sales.process.demo"
    _description = "Demo company: reviews"

    @api.model
    def _demo_build_reviews(self):
        if self.env.ref("sales_process_framework.review_closed_demo", raise_if_not_found=False):
            return
        quiet = self._quietly()
        schedule = quiet._build_schedules()
        last = period_of(schedule.company_id._get_sales_today(), "month").previous()
        closed = quiet._build_closed(schedule, last.previous())
        schedule.sudo().write({"last_date_from": last.previous().start})
        prepared = schedule.with_context(**quiet.env.context).sudo()._make_reviews([last])
        other = quiet._ref("review_schedule_nordhafen_demo").sudo()._make_reviews([last])
        other._go("assess")
        quiet._name_records(
            {"review_closed_demo": closed, "review_prepared_demo": prepared, "review_nordhafen_demo": other}
        )
        # From here on people are invited.
        self.env["sales.process.review.schedule"].sudo().search([("with_meeting", "=", False)]).write(
            {"with_meeting": True}
        )

    def _build_schedules(self):
        manager = self._ref("user_manager")
        leaders = self._ref("user_leader_maria") | self._ref("user_rep_chloe")
        main, nordhafen = self.env.ref("base.main_company"), self._ref("company_nordhafen")
        rows = {
            "review_schedule_month_demo": ("Monthly review of sales", main, "month", 7, 1.5),
            "review_schedule_quarter_demo": ("Quarterly review with all departments", main, "quarter", 12, 3.0),
            "review_schedule_half_demo": ("Half-year review: market and strategy", main, "half_year", 20, 6.0),
            "review_schedule_nordhafen_demo": ("Monthly review, Nordhafen", nordhafen, "month", 8, 1.0),
        }
        schedules = self.env["sales.process.review.schedule"].create(
            [
                {
                    "name": name,
                    "company_id": company.id,
                    "cycle": cycle,
                    "delay_days": delay,
                    "duration": duration,
                    "user_id": manager.id,
                    "attendee_ids": [Command.set(leaders.ids)] if company == main else [],
                    "with_meeting": False,
                }
                for name, company, cycle, delay, duration in rows.values()
            ]
        )
        self._name_records(dict(zip(rows, schedules, strict=True)))
        return schedules[0]

    def _build_closed(self, schedule, period):
        """The review of the month before last, held four weeks ago."""
        now = self.env.cr.now().replace(hour=15, minute=0, second=0, microsecond=0)
        held = now - timedelta(days=27)
        review = self.env["sales.process.review"].create(
            {**schedule._prepare_review_vals(period), "date": held, "state": "look_back"}
        )
        review._fill_agenda()
        firsts = {}
        for topic in review.topic_ids.sorted(lambda topic: topic.severity != "critical"):
            firsts.setdefault(topic.kind, topic)
        for kind, words in WORDS.items():
            if topic := firsts.get(kind):
                topic.write({"assessment": words[0], "conclusion": words[1]})
        for topic in review.topic_ids.filtered(lambda topic: topic.severity == "critical" and not topic.conclusion):
            topic.write({"postponed": True, "postponed_reason": "The figures of the quarter come first."})
        actions = self.env["sales.process.review.action"].create(
            [
                {
                    "review_id": review.id,
                    "topic_id": firsts[kind].id if kind in firsts else False,
                    "name": name,
                    "user_id": self._ref(owner).id,
                    "date_deadline": held.date() + timedelta(days=days),
                }
                for kind, (name, owner, days, _state, _outcome) in zip((*WORDS, None), ACTIONS, strict=True)
            ]
        )
        review.summary = (
            "<p>We lose time before the first talk and deals after it. Both begin with the <b>needs analysis</b>.</p>"
        )
        idea = self._ref("improvement_demo_5")
        idea.write({"review_id": review.id, "topic_id": review.topic_ids[:1].id})
        review.state = "actions"
        review.with_user(self._ref("user_manager")).sudo()._close()
        review.date_closed = held + timedelta(hours=2)
        for action, (_name, owner, days, state, outcome) in zip(actions, ACTIONS, strict=True):
            if state == "done":
                action.activity_id.with_user(self._ref(owner)).sudo()._action_done(feedback=outcome)
            elif state == "cancelled":
                action.outcome = outcome
                action.with_user(self._ref(owner)).sudo().action_cancel()
            if state != "open":
                action.date_done = held.date() + timedelta(days=days - 2)
        return review

from datetime import timedelta

from odoo import Command, api, models

#: What the people of the demo company say: text, kind, theme, stage (its place), requirement (its place in the stage,
#: None for the stage as such), giver, who joined, state, effort, impact, answer.
SAID = (
    (
        "Nobody tells a budget in the first talk. We lose good customers who only want to understand what we do.",
        *("obstacle", "strict", 1, 0, "anna", "ben chloe daniel emi", "planned", 2, 5),
        "You are right. The next version asks for a range, and only before the proposal.",
    ),
    (
        "The needs analysis asks for the number of employees twice, once in the form and once in the CRM.",
        *("obstacle", "effort", 2, 0, "ben", "anna farid", "done", 1, 4),
        "The form takes it from the contact now.",
    ),
    (
        "A reference visit takes six weeks to arrange. Could a video of a customer count as well?",
        *("idea", "support", 3, 0, "chloe", "grace", "review", 3, 4),
        False,
    ),
    (
        "The SPIN questions in the script are great for machines, but software buyers laugh about half of them.",
        *("obstacle", "training", 2, 1, "farid", "grace", "review", 4, 4),
        False,
    ),
    (
        "Why do we need the approval of legal for an offer without any change of the terms?",
        *("question", "support", 4, 0, "daniel", "", "declined", 4, 2),
        "Two offers of last year carried the terms of another customer. If legal takes more than a day, tell me.",
    ),
    (
        "It should remember which template I used the last time.",
        *("idea", "tool", 3, 1, "emi", "", "new", 2, 2),
        False,
    ),
    (
        "Since the stages say what to do next I forget nothing. Keep it.",
        *("praise", "unclear", 0, None, "grace", "farid", "done", 0, 0),
        "Thank you. We will.",
    ),
    (
        "I never know whether a pain list counts as handed in.",
        *("obstacle", "unclear", 2, 2, "chloe", "", "new", 0, 0),
        False,
    ),
    (
        "The proposal has to be printed and scanned for the file. Nobody looks at the paper again.",
        *("obstacle", "effort", 3, None, "ben", "emi", "new", 4, 3),
        False,
    ),
)
#: Says the same as the first: text and giver.
SAME = ("The budget comes too early", "grace")
UNNAMED = ("Deals are pushed into the next stage before the end of the month, whatever they miss.", "obstacle")
INTERVIEW = (
    ("I would hand over better notes if delivery told me which ones they read.", "idea", 2, 4),
    ("The forecast date is guessed in every second deal.", "obstacle", 5, 3),
)
CUSTOMERS = (
    ("Three people asked us the same questions before we got an offer.", 4),
    ("Quick, and everybody knew our case.", 10),
)
#: What reps say while a version is tried: arm of the lead, text, kind, theme, impact.
ON_PILOT = (
    (
        "candidate",
        "Eight days are tight when the plant manager is on holiday. Everywhere else it keeps the talk alive.",
        *("obstacle", "strict", 3),
    ),
    (
        "candidate",
        "Customers remember in the second talk what they told me in the first. Before, we began anew.",
        *("praise", "unclear", 0),
    ),
    (
        "baseline",
        "Three weeks for a lead, and in the end everything is done on the last two days.",
        *("obstacle", "effort", 3),
    ),
)


class SalesProcessFeedbackDemo(models.AbstractModel):
    """What people said in the last months, in every state, with an interview, customers and a thank-you."""

    _name = "sales.process.demo.feedback"
    _inherit = "sales.process.demo"
    _description = "Demo company: feedback"

    @api.model
    def _demo_build_feedback(self):
        """Nothing when it is there already."""
        if self.env.ref("sales_process_framework.feedback_demo_01", raise_if_not_found=False):
            return
        quiet = self.sudo().with_context(tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True)
        quiet = quiet.with_company(quiet._ref("process_b2b_demo").company_id)
        given = quiet._build_given()
        given |= quiet._build_unnamed() | quiet._build_interview() | quiet._build_customers()
        given |= quiet._build_on_pilot()
        self._name_records({f"feedback_demo_{number:02}": one for number, one in enumerate(given, 1)})

    def _build_given(self):
        process = self._ref("process_b2b_demo")
        stages = process.stage_ids.sorted(lambda stage: (stage.sequence, stage.id))
        today = self.env.cr.now().date()
        Feedback = self.env["sales.process.feedback"]
        vals_list, joined = [], []
        for number, row in enumerate(SAID):
            text, kind, theme, stage, requirement, giver, others, state, effort, impact, answer = row
            leads = self._get_leads(giver, stages[stage])
            requirements = stages[stage].requirement_ids
            requirement = requirements[min(requirement, len(requirements) - 1)] if requirement is not None else None
            vals_list.append(
                {
                    "text": text,
                    "kind": kind,
                    "theme_id": self._ref(f"feedback_theme_{theme}").id,
                    "process_id": process.id,
                    "process_stage_id": stages[stage].id,
                    "requirement_id": requirement and requirement.id,
                    "author_id": self._ref(f"user_rep_{giver}").id,
                    "logged_by_id": False,
                    "lead_id": leads[:1].id,
                    "context": {"lead": leads[:1].name, "from_stage": stages[stage].name},
                    "state": state,
                    "effort": effort,
                    "impact": impact,
                    "answer": answer,
                    "answered_by_id": answer and self._ref("user_manager").id,
                    "answered_on": answer and self.env.cr.now() - timedelta(days=3 + number),
                    "given_on": today - timedelta(days=9 * number + 12),
                    "company_id": process.company_id.id,
                }
            )
            joined.append(others.split())
        given = Feedback.create(vals_list)
        voices = [
            (one.id, self._ref(f"user_rep_{name}").id, "me_too")
            for one, names in zip(given, joined, strict=True)
            for name in names
        ]
        self.env["sales.process.feedback.voice"]._add(voices)
        text, giver = SAME
        same = Feedback.create(
            {
                **vals_list[0],
                "text": text,
                "author_id": self._ref(f"user_rep_{giver}").id,
                "lead_id": False,
                "context": False,
                "merged_into_id": given[0].id,
            }
        )
        same._count_votes()
        award = (
            self.env["sales.process.award"]
            .with_user(self._ref("user_manager"))
            .sudo()
            .create(
                {
                    "feedback_id": given[1].id,
                    "reason": "Ten minutes less for every needs analysis, and the numbers agree at last.",
                    "date": today - timedelta(days=5),
                }
            )
        )
        self._name_records({"award_demo": award})
        return given | same

    def _get_leads(self, giver, stage):
        user = self._ref(f"user_rep_{giver}")
        return self.env["crm.lead"].search(
            [("user_id", "=", user.id), ("sales_process_stage_id", "=", stage.id)], limit=1
        )

    def _build_unnamed(self):
        text, kind = UNNAMED
        feedback = self.env["sales.process.feedback"]
        giver = self._ref("user_rep_daniel")
        about = {"process_id": self._ref("process_b2b_demo").id}
        return feedback.browse(feedback.with_user(giver).give(text, about, kind=kind, anonymous=True))

    def _build_interview(self):
        manager = self._ref("user_manager")
        process = self._ref("process_b2b_demo")
        stages = process.stage_ids.sorted(lambda stage: (stage.sequence, stage.id))
        interview = (
            self.env["sales.process.feedback.interview"]
            .with_user(manager)
            .sudo()
            .create(
                {
                    "spoken_with_id": self._ref("user_rep_farid").id,
                    "process_id": process.id,
                    "company_id": process.company_id.id,
                    "date": self.env.cr.now().date() - timedelta(days=20),
                    "feedback_ids": [
                        Command.create(
                            {
                                "text": text,
                                "kind": kind,
                                "process_stage_id": stages[stage].id,
                                "impact": impact,
                                "effort": 3,
                            }
                        )
                        for text, kind, stage, impact in INTERVIEW
                    ],
                }
            )
        )
        self._name_records({"feedback_interview_demo": interview})
        return interview.feedback_ids

    def _build_customers(self):
        Feedback = self.env["sales.process.feedback"].with_user(self._ref("user_manager")).sudo()
        leads = self.env["crm.lead"].search(
            [
                ("won_status", "=", "won"),
                ("partner_id", "!=", False),
                ("sales_process_id", "=", self._ref("process_b2b_demo").id),
            ],
            limit=len(CUSTOMERS),
        )
        said = Feedback
        for lead, (text, score) in zip(leads, CUSTOMERS, strict=False):
            said |= Feedback._log_customer(lead.partner_id, text, lead=lead, score=score)
        said.write({"theme_id": self._ref("feedback_theme_customer").id})
        return said

    def _build_on_pilot(self):
        """Of both arms; the figures of the day count it."""
        pilot = self._ref("pilot_demo")
        rows = pilot.assignment_ids.sorted(lambda row: (row.date, row.id), reverse=True)
        leads = {arm: group.lead_id for arm, group in rows.grouped("arm").items()}
        today = self.env.cr.now().date()
        vals_list = []
        for number, (arm, text, kind, theme, impact) in enumerate(ON_PILOT):
            lead = leads[arm][number]
            process = pilot.candidate_process_id if arm == "candidate" else pilot.baseline_process_id
            stage = process.stage_ids.filtered(lambda stage: stage.key == "nurturing")
            vals_list.append(
                {
                    "text": text,
                    "kind": kind,
                    "theme_id": self._ref(f"feedback_theme_{theme}").id,
                    "process_id": process.id,
                    "process_stage_id": stage.id,
                    "author_id": lead.user_id.id,
                    "logged_by_id": False,
                    "lead_id": lead.id,
                    "context": {"lead": lead.name, "from_stage": stage.name},
                    "impact": impact,
                    "given_on": today - timedelta(days=6 * number + 4),
                    "company_id": process.company_id.id,
                }
            )
        given = self.env["sales.process.feedback"].create(vals_list)
        pilot._record_day()
        return given

from odoo import api, models
from odoo.tools.misc import format_date

from ...tools.period import local_day, period_of, utc_edges
from ..feedback.sales_process_feedback_giving import SHARED_SOURCES
from ..feedback.sales_process_feedback_status import OPEN_STATES

SEVERITY_NAMES = ("critical", "warning", "info")
#: Topics of one kind: a longer agenda is read by nobody.
LIMITS = {"node": 8, "bottleneck": 8, "sla": 6, "indicator": 6, "feedback": 6, "measure": 20}
#: Where a kind of topic begins on the agenda: what was agreed before comes first.
PLACES = {
    name: 10 + 20 * place
    for place, name in enumerate(
        ("measure", "node", "bottleneck", "sla", "indicator", "feedback", "goal", "market", "strategy", "journey")
    )
}
#: Records that a finding names.
FINDING_RECORDS = {"kpi_id": "sales.process.kpi", "process_id": "sales.process", "stage_id": "sales.process.stage"}
#: Indicators of stages that say where work waits rather than what is wrong with it.
WAITING_CODES = ("stage_time", "stalled")
#: Share of a stage's open deals beyond the limit from which it is critical.
CROWDED = 0.5
#: Requests late in the period from which a department is critical, when they are half of what was due.
MANY = 5


class SalesProcessReviewAgenda(models.AbstractModel):
    """What the agenda of a review is filled with. Filling it again keeps what people wrote."""

    _name = "sales.process.review.agenda"
    _description = "Agenda of Reviews"

    def action_fill_agenda(self):
        self.check_access("write")
        self._check_open()
        self._fill_agenda()
        return True

    def _fill_agenda(self):
        """Bring the agendas up to date: new topics come, known ones are told anew, and those that are in order go
        unless somebody wrote to them."""
        for review in self:
            leader = review.user_id
            told = review.with_context(lang=leader.lang or self.env.lang, tz=leader.tz or self.env.context.get("tz"))
            found = {vals["key"]: vals for vals in told.sudo()._find_topics()}
            # sudo: the agenda is the review's own; its numbers are of the company that the review is of
            topics = review.sudo().topic_ids
            fresh = []
            known = {topic.key: topic for topic in topics if topic.key}
            for key, vals in found.items():
                if topic := known.pop(key, False):
                    topic.write({**vals, "gone": False})
                else:
                    fresh.append({**vals, "review_id": review.id})
            for topic in known.values():
                if topic._is_untouched():
                    topic.unlink()
                elif not topic.gone:
                    topic.gone = True
            topics.create(fresh)
            review.sudo().agenda_on = self.env.cr.now()
        self.invalidate_recordset(["topic_ids"])

    def _find_topics(self):
        """:return: list of values of ``sales.process.review.topic``, each with its ``key``"""
        self.ensure_one()
        topics = [*self._find_measures(), *self._find_findings(), *self._find_waiting(), *self._find_late_support()]
        topics += [*self._find_gates(), *self._find_feedback()]
        if self.cycle == "half_year":
            topics += [*self._find_goals(), *self._prepare_questions(), *self._find_journeys()]
        return self._rank_topics(topics)

    @api.model
    def _rank_topics(self, topics):
        """What is said of the same is one topic; of each kind the gravest come first, and no more than its limit."""
        merged = {}
        for topic in topics:
            other = merged.setdefault(topic["key"], topic)
            if other is not topic:
                graver = min(topic, other, key=lambda vals: SEVERITY_NAMES.index(vals["severity"]))
                merged[topic["key"]] = {
                    **other,
                    "severity": graver["severity"],
                    "text": "\n".join((other["text"], topic["text"])),
                    "target": topic["target"] if topic["target"].get("domain") else other["target"],
                }
        ranked = []
        counts = dict.fromkeys(PLACES, 0)
        for topic in sorted(merged.values(), key=lambda vals: SEVERITY_NAMES.index(vals["severity"])):
            counts[topic["kind"]] += 1
            place = counts[topic["kind"]]
            if place <= LIMITS.get(topic["kind"], 20):
                ranked.append({"value": False, "target": False, **topic, "sequence": PLACES[topic["kind"]] + place})
        return ranked

    # -- what was agreed before ------------------------------------------------------

    def _find_measures(self):
        """Actions of earlier reviews that are overdue on the day of this one."""
        day = local_day(self.date, self.company_id._get_sales_timezone())
        late = self.earlier_action_ids.filtered(lambda action: action.state == "open" and action.date_deadline < day)
        return [
            {
                "key": f"measure {action.id}",
                "kind": "measure",
                "severity": "critical" if (day - action.date_deadline).days > 30 else "warning",
                "name": action.name,
                "text": self.env._(
                    "%(owner)s was to do it by %(day)s: agreed in “%(review)s”, not done yet.",
                    owner=action.user_id.name,
                    day=format_date(self.env, action.date_deadline),
                    review=action.review_id.name,
                ),
                "value": self.env._("%s days late", (day - action.date_deadline).days),
                "target": {"model": action.review_id._name, "res_id": action.review_id.id},
            }
            for action in late.sorted("date_deadline")
        ]

    # -- indicators, stage by stage and of the company ---------------------------------

    def _get_findings_period(self):
        """Of half-years no values are stored: the quarter that ends them says how it stands."""
        period = self._get_period()
        return period_of(period.stop, "quarter") if period.cycle == "half_year" else period

    def _find_findings(self):
        report = self.env["sales.process.health.report"]
        topics = []
        findings = report._get_findings(self.company_id, self._get_findings_period())
        there = {
            name: set(self.env[model].browse({row[name] for row in findings if row[name]}).exists().ids)
            for name, model in FINDING_RECORDS.items()
        }
        for finding in findings:
            if finding["severity"] not in ("critical", "warning") or finding["department_id"]:
                continue
            kind = "indicator"
            if finding["is_node"]:
                kind = "bottleneck" if finding["kpi_code"] in WAITING_CODES else "node"
            # A report of the past may name what was deleted since.
            known = {name: finding[name] if finding[name] in there[name] else False for name in there}
            kpi = self.env["sales.process.kpi"].browse(known["kpi_id"] or [])
            topics.append(
                {
                    "key": self._get_finding_key(finding, kind),
                    "kind": kind,
                    "severity": finding["severity"],
                    "name": finding["title"],
                    "text": "\n".join(filter(None, (finding["text"], finding["advice"]))),
                    "value": kpi and kpi.with_company(self.company_id)._format_value(finding["value"]),
                    "target": {name: finding[name] for name in ("model", "res_id", "domain")},
                    **known,
                }
            )
        return topics

    @api.model
    def _get_finding_key(self, finding, kind):
        if kind == "bottleneck":
            # Told together: how long deals stay, and how many wait now.
            return f"bottleneck {finding['stage_id']}"
        return f"finding {finding['kpi_code']} {finding['stage_id'] or 0}"

    # -- where work waits now -------------------------------------------------------------

    def _find_waiting(self):
        """Stages with open deals beyond their time limit, the fullest first."""
        Lead = self.env["crm.lead"].sudo()
        domain = [
            ("type", "=", "opportunity"),
            ("won_status", "=", "pending"),
            ("company_id", "in", self._get_company_ids()),
            ("sales_process_stage_id", "!=", False),
        ]
        late = [*domain, ("sales_stage_deadline", "<", self.env.cr.now())]
        counts = dict(Lead._read_group(late, ["sales_process_stage_id"], ["__count"]))
        everything = dict(
            Lead._read_group(
                [*domain, ("sales_process_stage_id", "in", [stage.id for stage in counts])],
                ["sales_process_stage_id"],
                ["__count"],
            )
        )
        kpi = self.env.ref("sales_process_framework.kpi_stage_time", raise_if_not_found=False)
        return [
            {
                "key": f"bottleneck {stage.id}",
                "kind": "bottleneck",
                "severity": "critical" if count >= MANY and count >= CROWDED * everything[stage] else "warning",
                "name": self.env._(
                    "%(process)s, stage “%(stage)s”: deals wait",
                    process=stage.process_id.display_name,
                    stage=stage.name,
                ),
                "text": self.env._(
                    "%(late)s of %(count)s open deals have been in the stage for longer than its limit of %(limit)s "
                    "working days.",
                    late=count,
                    count=everything[stage],
                    limit=f"{stage.time_limit_days:g}",
                ),
                "value": self.env._("%(late)s of %(count)s", late=count, count=everything[stage]),
                "target": {"model": "crm.lead", "res_id": False, "domain": self._get_lead_domain(stage)},
                "kpi_id": kpi and kpi.id,
                "process_id": stage.process_id.id,
                "stage_id": stage.id,
            }
            for stage, count in sorted(counts.items(), key=lambda item: (-item[1], item[0].id))
        ]

    @api.model
    def _get_lead_domain(self, stage):
        return [
            ("type", "=", "opportunity"),
            ("won_status", "=", "pending"),
            ("sales_process_stage_id", "=", stage.id),
            ("sales_stage_overdue", "=", True),
        ]

    def _get_company_ids(self):
        """Deals without a company are the main company's, as indicators count them."""
        return self.env["sales.process.kpi"]._get_record_company_ids(self.company_id.id)

    # -- support ------------------------------------------------------------------------------

    def _find_late_support(self):
        """Departments with requests that were due in the period and came late, or have not come yet."""
        start, stop = utc_edges(self._get_period(), self.company_id._get_sales_timezone())
        Request = self.env["sales.process.support.request"].sudo()
        due = [
            ("company_id", "in", self._get_company_ids()),
            ("resolution_deadline", ">=", start),
            ("resolution_deadline", "<", min(stop, self.env.cr.now())),
            ("state", "!=", "cancelled"),
        ]
        late = [*due, ("resolution_breached", "=", True)]
        counts = dict(Request._read_group(late, ["department_id"], ["__count"]))
        everything = dict(
            Request._read_group(
                [*due, ("department_id", "in", [department.id for department in counts])],
                ["department_id"],
                ["__count"],
            )
        )
        kpi = self.env.ref("sales_process_framework.kpi_sla_kept", raise_if_not_found=False)
        return [
            {
                "key": f"sla {department.id}",
                "kind": "sla",
                "severity": "critical" if count >= MANY and 2 * count >= everything[department] else "warning",
                "name": self.env._("%s: support came late", department.name),
                "text": self.env._(
                    "Of %(count)s requests that were due %(late)s came after their deadline or have not come yet.",
                    count=everything[department],
                    late=count,
                ),
                "value": self.env._("%(late)s of %(count)s", late=count, count=everything[department]),
                "target": {
                    "model": Request._name,
                    "res_id": False,
                    "domain": [
                        ("department_id", "=", department.id),
                        *[
                            (name, operator, moment.strftime("%Y-%m-%d %H:%M:%S"))
                            for name, operator, moment in late[1:3]
                        ],
                        *late[3:],
                    ],
                },
                "kpi_id": kpi and kpi.id,
            }
            for department, count in sorted(counts.items(), key=lambda item: (-item[1], item[0].id))
        ]

    # -- what people say -----------------------------------------------------------------------

    def _find_feedback(self):
        """Open feedback that most colleagues share. Who gave it is nobody's matter, and what customers or interviews
        brought stays with those who manage feedback: attendees read the agenda."""
        found = self.env["sales.process.feedback"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("merged_into_id", "=", False),
                ("state", "in", OPEN_STATES),
                ("kind", "!=", "praise"),
                ("source", "in", SHARED_SOURCES),
                ("given_on", "<=", local_day(self.date, self.company_id._get_sales_timezone())),
            ],
            order="vote_count desc, impact desc, id desc",
            limit=LIMITS["feedback"],
        )
        return [
            {
                "key": f"feedback {feedback.id}",
                "kind": "feedback",
                "severity": "warning" if feedback.vote_count >= MANY else "info",
                "name": feedback._get_excerpt(),
                "text": feedback.text,
                "value": self.env._("%s voices", feedback.vote_count),
                "target": {"model": feedback._name, "res_id": feedback.id},
                "feedback_id": feedback.id,
                "process_id": feedback.process_id.id,
                "stage_id": feedback.process_stage_id.id,
                "requirement_id": feedback.requirement_id.id,
            }
            for feedback in found
        ]

    # -- the full review of a half-year (S6.4) -------------------------------------------------

    def _find_goals(self):
        """The company's goals of the half-year and of what lies in it: which of them are behind."""
        period = self._get_period()
        goals = self.env["sales.process.target"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("scope", "=", "company"),
                ("scenario_id", "=", False),
                ("state", "!=", "draft"),
                ("date_from", "<=", period.stop),
                ("date_to", ">=", period.start),
                ("cycle", "in", ("quarter", "half_year", "year")),
            ]
        )
        if not goals:
            text, severity = (
                self.env._("No goals are set for this half-year: set them, down to teams and people."),
                "warning",
            )
        else:
            behind = goals.filtered(lambda goal: goal.pace_state == "behind")
            severity = "warning" if behind else "info"
            text = "\n".join(
                [
                    self.env._("%(behind)s of %(count)s goals are behind.", behind=len(behind), count=len(goals)),
                    *[
                        self.env._("%(goal)s: %(share)s %% reached", goal=goal.name, share=round(goal.attainment))
                        for goal in behind[:8]
                    ],
                ]
            )
        return [
            {
                "key": "goals",
                "kind": "goal",
                "severity": severity,
                "name": self.env._("Goals and indicators: are they still the right ones?"),
                "text": text,
                "value": f"{len(goals)}",
                "target": {"model": "sales.process.target", "res_id": False, "domain": [("id", "in", goals.ids)]},
            }
        ]

    def _prepare_questions(self):
        """What no record of a CRM knows."""
        questions = [
            (
                "market",
                self.env._("Market: what has changed?"),
                self.env._(
                    "New competitors, prices and rules; customers that we win less often than half a year ago; "
                    "segments that need a process of their own."
                ),
            ),
            (
                "strategy",
                self.env._("Strategy: does the process still serve it?"),
                self.env._(
                    "Aims, products and markets of the company since the last full review; what the process has to "
                    "do more of, less of, or differently for them."
                ),
            ),
        ]
        return [
            {"key": kind, "kind": kind, "severity": "warning", "name": name, "text": text}
            for kind, name, text in questions
        ]

    def _find_journeys(self):
        """The maps in use, with what was recorded at their touchpoints: a map that nobody walks is out of date."""
        journeys = self.env["sales.process.journey"].search(
            [("state", "=", "active"), ("company_id", "in", (self.company_id.id, False))]
        )
        start, stop = utc_edges(self._get_period(), self.company_id._get_sales_timezone())
        touches = self.env["sales.process.touch"].sudo()
        used = {
            touchpoint
            for (touchpoint,) in touches._read_group(
                [
                    ("touchpoint_id.journey_id", "in", journeys.ids),
                    ("date", ">=", start),
                    ("date", "<", stop),
                ],
                ["touchpoint_id"],
            )
        }
        topics = []
        for journey in journeys:
            idle = journey.touchpoint_ids.filtered(lambda point: point not in used)
            topics.append(
                {
                    "key": f"journey {journey.id}",
                    "kind": "journey",
                    "severity": "info",
                    "name": self.env._("Customer journey “%s”: does it still show the way customers go?", journey.name),
                    "text": self.env._(
                        "Nothing was recorded at %(idle)s of %(count)s touchpoints in the half-year: %(names)s",
                        idle=len(idle),
                        count=len(journey.touchpoint_ids),
                        names=", ".join(idle[:6].mapped("name")) or "–",
                    ),
                    "value": self.env._("%(late)s of %(count)s", late=len(idle), count=len(journey.touchpoint_ids)),
                    "target": {"model": journey._name, "res_id": journey.id},
                }
            )
        return topics

from datetime import timedelta

from . import sql, texts
from .stories import working_moment

SECONDS_PER_DAY = 86400.0
#: Chance of a sale, in percent, by how far a deal has come.
PROBABILITIES = (6, 14, 27, 42, 63, 82)


class LeadBuilder:
    """Writes the stories of one team as leads with their past.

    :param market: key of the team in the texts
    :param team: ``crm.team`` with an environment that posts nothing
    """

    def __init__(self, rng, market, team, process, now):
        self.rng = rng
        self.market = market
        self.env = team.env
        self.team = team
        self.company = team.company_id
        self.process = process
        self.now = now
        self.stages = process.stage_ids.sorted(lambda stage: (stage.sequence, stage.id))
        self.playbook = self.env["sales.process"]._get_playbook(process.id)
        self.calendar = process._get_calendar()
        self.reps = team.member_ids.sorted("login")
        self.on_hold = self._ref("stage_on_hold")
        search = self.env["sales.process.demo"]._search_ours
        self.contacts = search("res.partner", f"partner_{market}_%_contact")
        self.sources = search("utm.source", "source_%")
        self.reasons = search("crm.lost.reason", "lost_reason_%")
        self.messages, self.changes = [], []

    def _ref(self, name):
        return self.env.ref(f"sales_process_framework.{name}")

    # -- leads --------------------------------------------------------------

    def build(self, deals):
        """:return: ``crm.lead``, one for each deal and in the same order; enquiries are created beside them"""
        vals_list = [self._prepare_lead_vals(story, checklist) for story, checklist in deals]
        leads = self.env["crm.lead"].create(vals_list)
        self.env["sales.process.visit"].search([("lead_id", "in", leads.ids)]).unlink()
        sql.update(
            self.env,
            "crm_lead",
            [self._prepare_past(lead, story) for lead, (story, _checklist) in zip(leads, deals, strict=True)],
        )
        self._recompute(leads, ("won_status", "day_open", "day_close", "prorated_revenue"))
        self._create_visits(leads, deals)
        enquiries = self._create_enquiries()
        self.env["sales.process.demo"]._name_records(
            {f"lead_{self.market}_{number:03}": lead for number, lead in enumerate(leads | enquiries, 1)}
        )
        return leads

    def _prepare_lead_vals(self, story, checklist):
        name, usual = self.rng.choice(texts.DEALS[self.market])
        contact = self.rng.choice(self.contacts)
        amount = round(usual * self.rng.uniform(0.8, 1.45), -3)
        closing = (story.closed or self.now + timedelta(days=self.rng.randint(-12, 90))).date()
        vals = {
            "name": name,
            "type": "opportunity",
            "team_id": self.team.id,
            "company_id": self.company.id,
            "user_id": self.reps[story.rep].id,
            "partner_id": contact.id,
            "expected_revenue": max(amount, self._get_lowest_amount()),
            "source_id": self.rng.choice(self.sources).id,
            "date_deadline": closing,
            "priority": self.rng.choices("0123", (3, 4, 2, 1))[0],
        }
        self._leave_blank(vals, contact, story, checklist)
        return vals

    def _get_lowest_amount(self):
        """What the gates of the process ask for at least."""
        asked = [req.settings.get("domain", "") for req in self.playbook.requirement_by_id.values()]
        return 505_000 if any("500000" in domain for domain in asked) else 5_000

    def _leave_blank(self, vals, contact, story, checklist):
        """Leave out what the gate in front of the deal still misses."""
        if story.fate == "won" or story.current.position is None:
            return
        column = self.stages[story.current.position].stage_id
        missing = [req for req in self.playbook.to_advance(column.id) if not checklist.settled(req.id)]
        domains = " ".join(req.settings.get("domain") or "" for req in missing)
        blank = {name for req in missing for name in req.settings.get("fields") or ()}
        if "expected_revenue" in domains:
            below = min(round(vals["expected_revenue"] * self.rng.uniform(0.3, 0.7), -3), 480_000)
            vals["expected_revenue"] = below if "500000" in domains else 0
        vals |= dict.fromkeys({"source_id", "date_deadline"} & blank, False)
        if "partner_id" in blank or "partner_id" in domains or "email_from" in domains:
            reachable = "email_from" not in domains
            vals |= {
                "partner_id": False,
                "contact_name": contact.name,
                "partner_name": contact.parent_id.name if "partner_name" not in domains else False,
                "email_from": contact.email if reachable else False,
                "phone": contact.phone if reachable else False,
            }

    def _prepare_past(self, lead, story):
        stay = story.current
        known = self.stages[story.last_known]
        lost = story.fate == "lost"
        if story.fate == "open":
            probability = self._get_probability(story.last_known)
        else:
            probability = 0.0 if lost else 100.0
        opened = story.created + timedelta(minutes=self.rng.randint(1, 25))
        running = not lost
        return {
            "id": lead.id,
            "create_date": story.created,
            "create_uid": lead.user_id.id,
            "date_open": opened,
            "date_last_stage_update": stay.entered,
            "date_closed": story.closed,
            "stage_id": self._get_column(stay).id,
            "active": not lost,
            "probability": probability,
            "automated_probability": probability,
            "lost_reason_id": self.rng.choice(self.reasons).id if lost else None,
            "sales_process_stage_id": known.id,
            "sales_gate_state": "held" if story.mood == "held" and not lost else "open",
            "sales_stage_entered": stay.entered,
            "sales_stage_deadline": self._get_deadline(stay) if running else None,
        }

    def _get_probability(self, position):
        first_won = next(index for index, stage in enumerate(self.playbook.stages) if stage.is_won)
        share = position / max(first_won - 1, 1)
        chance = PROBABILITIES[round(share * (len(PROBABILITIES) - 1))]
        return round(chance + self.rng.uniform(-3, 5), 2)

    def _get_column(self, stay):
        return self.on_hold if stay.position is None else self.stages[stay.position].stage_id

    def _get_deadline(self, stay):
        """:return: naive UTC deadline of the stay, None in a stage without a limit"""
        limit = self.playbook.limit_days(self.stages[stay.position].stage_id.id) if stay.position is not None else 0
        return self.calendar._plan_working_days(stay.entered, limit) if limit else None

    def _recompute(self, leads, names):
        for name in names:
            self.env.add_to_compute(leads._fields[name], leads)
        leads.flush_recordset()

    def _create_visits(self, leads, deals):
        self.env["sales.process.visit"].create(
            [
                self._prepare_visit_vals(lead, stay)
                for lead, (story, _checklist) in zip(leads, deals, strict=True)
                for stay in story.stays
            ]
        )

    def _prepare_visit_vals(self, lead, stay):
        deadline = self._get_deadline(stay)
        vals = {
            "lead_id": lead.id,
            "company_id": lead.company_id.id,
            "process_id": self.process.id,
            "process_stage_id": self.stages[stay.position].id if stay.position is not None else False,
            "stage_id": self._get_column(stay).id,
            "team_id": self.team.id,
            "user_id": lead.user_id.id,
            "entered": stay.entered,
            "deadline": deadline or False,
            "direction": stay.direction,
            "outcome": stay.outcome,
        }
        if stay.left:
            seconds = (stay.left - stay.entered).total_seconds()
            vals |= {
                "left": stay.left,
                "seconds": int(seconds),
                "duration_days": seconds / SECONDS_PER_DAY,
                "overdue": bool(deadline and stay.left > deadline),
                "advanced_rate": float(stay.outcome in ("advanced", "won")),
            }
        return vals

    def _create_enquiries(self):
        """:return: leads that nobody has qualified yet, exempt from the gates"""
        subjects = texts.ENQUIRIES[self.market]
        contacts = self.rng.sample(self.contacts, len(subjects))
        enquiries = self.env["crm.lead"].create(
            [
                {
                    "name": subject,
                    "type": "lead",
                    "team_id": self.team.id,
                    "company_id": self.company.id,
                    "user_id": self.rng.choice(self.reps).id if number % 3 else False,
                    "contact_name": contact.name,
                    "partner_name": contact.parent_id.name,
                    "email_from": contact.email,
                    "phone": contact.phone if number % 2 else False,
                    "source_id": self.rng.choice(self.sources).id,
                }
                for number, (subject, contact) in enumerate(zip(subjects, contacts, strict=True))
            ]
        )
        past = []
        for enquiry in enquiries:
            created = self.now - timedelta(hours=self.rng.uniform(2, 240))
            past.append({"id": enquiry.id, "create_date": created, "date_last_stage_update": created})
        sql.update(self.env, "crm_lead", past)
        return enquiries

    # -- log ----------------------------------------------------------------

    def log(self, lead, at, body="", subtype="mail.mt_note", author=None, tracking=None, kind="notification", **vals):
        """Keep one entry of a lead's log; all are written at the end, in the order in which they happened."""
        self.messages.append(
            {
                "model": "crm.lead",
                "res_id": lead.id,
                "record_name": lead.name,
                "date": at,
                "body": body,
                "message_type": kind,
                "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id(subtype),
                "author_id": (author or lead.user_id).partner_id.id,
                "email_from": (author or lead.user_id).email_formatted,
                "reply_to": (author or lead.user_id).email_formatted,
                **vals,
            }
        )
        self.changes.append(tracking)

    def finish(self, leads, deals):
        """Write the log and let the gates judge where each deal stands now."""
        for lead, (story, _checklist) in zip(leads, deals, strict=True):
            self._log_story(lead, story)
        self._write_log()
        for user, owned in leads.grouped("user_id").items():
            owned.message_subscribe(partner_ids=user.partner_id.ids)
        leads._refresh_gate_state()
        self.env.flush_all()

    def _write_log(self):
        order = sorted(range(len(self.messages)), key=lambda number: self.messages[number]["date"])
        messages = self.env["mail.message"].create([self.messages[number] for number in order])
        self.env["mail.tracking.value"].create(
            [
                {**self.changes[number], "mail_message_id": message.id}
                for number, message in zip(order, messages, strict=True)
                if self.changes[number]
            ]
        )

    def _log_story(self, lead, story):
        field = self.env["ir.model.fields"]._get("crm.lead", "stage_id")
        self.log(lead, story.created, "Opportunity created", "crm.mt_lead_create")
        for before, after in zip(story.stays, story.stays[1:], strict=False):
            if after.direction == "reopened":
                self.log(lead, before.left, "Lost", "crm.mt_lead_lost")
                self.log(lead, after.entered, "Restored", "crm.mt_lead_restored")
                continue
            old, new = self._get_column(before), self._get_column(after)
            change = {
                "field_id": field.id,
                "old_value_integer": old.id,
                "old_value_char": old.name,
                "new_value_integer": new.id,
                "new_value_char": new.name,
            }
            won = "crm.mt_lead_won" if before.outcome == "won" else "crm.mt_lead_stage"
            self.log(lead, after.entered, subtype=won, tracking=change)
        notes = {"open": self.rng.randint(1, 3), "won": self.rng.randint(0, 1), "lost": 0}[story.fate]
        end = story.closed or self.now
        for note in self.rng.sample(texts.LEAD_NOTES, notes):
            at = story.created + (end - story.created) * self.rng.uniform(0.1, 0.95)
            at = min(max(working_moment(self.rng, at, story.market.utc_hour), story.created), end)
            self._log_note(lead, at, note)
        if story.fate == "lost":
            self.log(lead, story.closed, f"Lost: {lead.lost_reason_id.name}", "crm.mt_lead_lost")
            if self.rng.random() < 0.5:
                self._log_note(lead, story.closed, self.rng.choice(texts.LOST_NOTES))

    def _log_note(self, lead, at, note):
        self.log(lead, at, note.format(contact=lead.contact_name or "The customer"), kind="comment")

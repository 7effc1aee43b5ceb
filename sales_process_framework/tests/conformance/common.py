from datetime import timedelta

from odoo.tools import SQL

from ..test_multi_company import TwoCompanies


class PathsCommon(TwoCompanies):
    """Deals whose stays are written down as they happened: Qualify → Diagnose → Propose → Won!"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_stage = cls.env["crm.stage"].create(
            {"name": "Elsewhere", "sequence": 500, "team_ids": cls.team.ids, "is_won": False}
        )
        cls.now = cls.env.cr.now()
        cls.Paths = cls.env["sales.process.conformance"]

    @classmethod
    def _walk(cls, *stages, outcome="open", ago=100.0, stay=2.0, late=(), process=None, count=1, leads=None, **vals):
        """Deals that went through stages, so many days ago and for so many days in each.

        :param stages: crm.stage of each stay
        :param outcome: "open", "won", "lost" or "archived"; ended ones leave their last stage, won ones stay in it
        :param late: indexes of stays that were longer than allowed
        :param leads: crm.lead that go this way; None for new ones
        :return: crm.lead
        """
        process = process or cls.process
        leads = leads or cls._make_deals(count, **vals)
        cls.env.flush_all()
        cls.env.cr.execute("DELETE FROM sales_process_visit WHERE lead_id = ANY(%s)", [leads.ids])
        start = cls.now - timedelta(days=ago)
        places = {stage.stage_id: stage for stage in process.stage_ids}
        order = {stage: number for number, stage in enumerate(process.stage_ids.stage_id)}
        vals_list = []
        for lead in leads:
            for number, stage in enumerate(stages):
                entered = start + timedelta(days=stay * number)
                left = entered + timedelta(days=stay)
                last = number == len(stages) - 1
                if last and outcome in ("open", "won"):
                    left = False
                before, after = (
                    order.get(stages[n], -1) if 0 <= n < len(stages) else None for n in (number - 1, number)
                )
                following = None if last else order.get(stages[number + 1], -1)
                vals_list.append(
                    {
                        "lead_id": lead.id,
                        "company_id": lead.company_id.id,
                        "process_id": process.id,
                        "process_stage_id": places[stage].id if stage in places else False,
                        "stage_id": stage.id,
                        "team_id": lead.team_id.id,
                        "user_id": lead.user_id.id,
                        "entered": entered,
                        "left": left,
                        "duration_days": stay if left else 0,
                        # Nothing follows the last stage, so it has no limit.
                        "deadline": stage != process.stage_ids[-1].stage_id
                        and entered + timedelta(days=stay / 2 if number in late else 1000),
                        "direction": cls._get_direction(before, after),
                        "outcome": cls._get_outcome(after, following, outcome, last),
                    }
                )
        cls.env["sales.process.visit"].sudo().create(vals_list)
        end = start + timedelta(days=stay * (len(stages) - (outcome == "won")))
        cls._close(leads, stages[-1], outcome, end)
        return leads

    @classmethod
    def _make_deals(cls, count, **vals):
        values = {
            "name": "Deal",
            "type": "opportunity",
            "team_id": cls.team.id,
            "user_id": cls.rep.id,
            "company_id": cls.company.id,
            **vals,
        }
        return cls.env["crm.lead"].create([values] * count)

    @staticmethod
    def _get_direction(before, after):
        if before is None:
            return "entry"
        if before < 0 or after < 0:
            return "aside"
        return "forward" if after > before else "backward" if after < before else "reopened"

    @staticmethod
    def _get_outcome(here, following, outcome, last):
        if last:
            return "open" if outcome in ("open", "won") else outcome
        if following < 0 or here < 0:
            return "moved"
        return "advanced" if following > here else "returned"

    @classmethod
    def _close(cls, leads, stage, outcome, end):
        """As CRM would have closed them then."""
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                "UPDATE crm_lead SET stage_id = %s, active = %s, won_status = %s, date_closed = %s WHERE id = ANY(%s)",
                stage.id,
                outcome not in ("lost", "archived"),
                outcome if outcome in ("won", "lost") else "pending",
                end if outcome in ("won", "lost") else None,
                leads.ids,
            )
        )
        cls.env.invalidate_all()

    def _read(self, user=None, basis="started", **filters):
        filters.setdefault("process_id", self.process.id)
        return self.Paths.with_user(user or self.manager).get_paths(filters, basis)

    def _deals(self, what, user=None, basis="started", **filters):
        filters.setdefault("process_id", self.process.id)
        user = user or self.manager
        action = self.Paths.with_user(user).get_deals_action(filters, basis, what)
        self.assertEqual(action["res_model"], "crm.lead")
        return self.env["crm.lead"].with_user(user).with_context(**action["context"]).search(action["domain"])

    def _deviation(self, page, kind, position):
        return next((row for row in page["deviations"] if (row["kind"], row["position"]) == (kind, position)), None)

    def _variant(self, page, *path):
        return next((row for row in page["variants"] if tuple(row["path"]) == path), None)

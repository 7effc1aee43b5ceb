from datetime import timedelta

from odoo import Command, fields

from ..version.common import VersionCommon


class RolloutCommon(VersionCommon):
    """Version 1.0 followed by two teams, 1.1 as its draft, and a rollout in two phases: one team each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second_rep = cls._new_user("spf_second", "sales_team.group_sale_salesman")
        cls.third_rep = cls._new_user("spf_third", "sales_team.group_sale_salesman")
        cls.second = cls.env["crm.team"].create(
            {
                "name": "Second Team",
                "company_id": cls.company.id,
                "member_ids": [Command.set((cls.second_rep + cls.third_rep).ids)],
            }
        )
        cls.process.team_ids = [Command.link(cls.second.id)]
        cls.Rollout = cls.env["sales.process.rollout"].with_user(cls.manager)
        cls.now = cls.env.cr.now()
        cls.today = fields.Date.to_date(cls.now)

    @classmethod
    def _rollout(cls, first=None, second=None, start=True, **vals):
        """:param first, second: values of the phases, above those that every test has"""
        plan = cls.Rollout.create(
            {
                "name": "Version 1.1 for everybody",
                "company_id": cls.company.id,
                "process_id": cls.next.id,
                "phase_ids": [
                    Command.create(
                        {"name": "Core", "sequence": 10, "team_ids": [Command.set(cls.team.ids)], **(first or {})}
                    ),
                    Command.create(
                        {"name": "All", "sequence": 20, "team_ids": [Command.set(cls.second.ids)], **(second or {})}
                    ),
                ],
                **vals,
            }
        )
        if start:
            plan.action_start()
        return plan

    @classmethod
    def _phases(cls, plan):
        return tuple(plan.phase_ids.sorted("sequence"))

    @classmethod
    def _condition(cls, phase, kind, **vals):
        return cls.env["sales.process.rollout.condition"].create({"phase_id": phase.id, "kind": kind, **vals})

    @classmethod
    def _training(cls, name="How 1.1 works", **vals):
        return cls.env["sales.process.training"].create(
            {"name": name, "company_id": cls.company.id, "date": cls.now, "trainer_id": cls.leader.id, **vals}
        )

    @classmethod
    def _attend(cls, training, user, score=None, state="attended"):
        return cls.env["sales.process.training.attendee"].create(
            {
                "training_id": training.id,
                "user_id": user.id,
                "state": state,
                "completed": state == "attended",
                **({"assessed": True, "score": score} if score is not None else {}),
            }
        )

    @classmethod
    def _opened_ago(cls, phase, days):
        """Let a phase have been open for so many days."""
        phase.sudo().opened_on = cls.now - timedelta(days=days)

    def _refresh(self):
        self.env.flush_all()
        self.env.invalidate_all()

    def assertFollow(self, teams, process):
        running, _teams = self.env["sales.process"]._get_running_teams()
        for team in teams:
            self.assertEqual(running.get(team.id, False), process.id if process else False, team.name)

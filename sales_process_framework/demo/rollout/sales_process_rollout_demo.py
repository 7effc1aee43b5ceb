from datetime import timedelta

from odoo import Command, api, models
from odoo.tools import SQL

#: Days since the core team follows the new version, and until the others are to.
OPENED, PLANNED = 34, 10
#: One deal in so many goes to the core team.
SHARE = 3


class SalesProcessRolloutDemo(models.AbstractModel):
    """The next version of the services process: the core team works by it, the others wait for their training."""

    _name = "sales.process.demo.rollout"
    _inherit = "sales.process.demo"
    _description = "Demo company: rollouts"

    @api.model
    def _demo_build_rollouts(self):
        """Nothing when there is a rollout already, or no version to roll out."""
        ref = self.env.ref
        version = ref("sales_process_framework.process_services_next_demo", raise_if_not_found=False)
        if (
            not version
            or version.state != "draft"
            or ref("sales_process_framework.rollout_demo", raise_if_not_found=False)
        ):
            return
        quiet = self.sudo().with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True, mail_activity_quick_update=True
        )
        company = self._ref("company_nordhafen")
        quiet.with_company(company)._build_rollout(version.sudo().with_context(**quiet.env.context))

    def _build_rollout(self, version):
        core = self._build_core_team(version.predecessor_id)
        done, again = self._build_trainings(version, core)
        plan = self._prepare_rollout(version, core, done, again)
        first, second = plan.phase_ids.sorted("sequence")
        plan.action_start()
        first._open()
        self._make_past(plan, first)
        self._name_records({"rollout_demo": plan, "rollout_core_demo": first, "rollout_all_demo": second})

    def _build_core_team(self, process):
        """Two people with every third deal of the services team; its board keeps a deal of every state."""
        team, reps = self._ref("team_services"), self._ref("user_rep_karla") | self._ref("user_rep_lars")
        core = self._ref("core_team")
        core.member_ids = [Command.set(reps.ids)]
        process.team_ids = [Command.link(core.id)]
        for column in process.stage_ids.stage_id:
            if column.team_ids:
                column.team_ids = [Command.link(core.id)]
        self.env.flush_all()
        [(leads,)] = self.env.execute_query(
            SQL(
                """
                SELECT array_agg(id) FROM (
                    SELECT id, row_number() OVER (ORDER BY create_date, id) AS place FROM crm_lead
                     WHERE team_id = %(team)s AND sales_process_id = %(process)s
                       AND id NOT IN (SELECT MIN(id) FROM crm_lead
                                       WHERE active AND won_status = 'pending' AND sales_process_id = %(process)s
                                       GROUP BY sales_process_stage_id, sales_gate_state,
                                                sales_stage_deadline < %(now)s)
                ) AS deal WHERE place %% %(share)s = 0
                """,
                team=team.id,
                process=process.id,
                now=self.env.cr.now(),
                share=SHARE,
            )
        )
        for table in ("crm_lead", "sales_process_visit"):
            self.env.cr.execute(
                SQL(
                    """UPDATE %s SET team_id = %s, user_id = CASE WHEN %s %% 2 = 0 THEN %s ELSE %s END
                        WHERE %s = ANY(%s)""",
                    SQL.identifier(table),
                    core.id,
                    SQL.identifier("id" if table == "crm_lead" else "lead_id"),
                    *reps.ids,
                    SQL.identifier("id" if table == "crm_lead" else "lead_id"),
                    leads,
                )
            )
        self.env.invalidate_all()
        return core

    def _build_trainings(self, version, core):
        """One that took place, and one for whoever could not come."""
        now = self.env.cr.now().replace(hour=12, minute=0, second=0, microsecond=0)
        services = self._ref("team_services").member_ids.sorted("login")
        topic = version.stage_ids.requirement_ids.filtered(lambda row: row.name == "Decision maker known by name")
        base = {
            "company_id": version.company_id.id,
            "trainer_id": self._ref("user_leader_stefan").id,
            "requirement_ids": [Command.set(topic.ids)],
            "duration": 1.5,
        }
        scores = [*((rep, 92 - 4 * place) for place, rep in enumerate(core.member_ids)), (services[0], 88)]
        attendees = [
            {"user_id": rep.id, "state": "attended", "completed": True, "assessed": True, "score": score}
            for rep, score in [*scores, (services[1], 64)]
        ]
        trainings = self.env["sales.process.training"].create(
            [
                {
                    **base,
                    "name": "Version 1.1: who decides comes first",
                    "date": now - timedelta(days=OPENED + 8),
                    "place": "Harbour room",
                    "attendee_ids": [Command.create(vals) for vals in attendees],
                },
                {
                    **base,
                    "name": "Version 1.1: second session",
                    "date": now + timedelta(days=4),
                    "link": "https://meet.example.com/sales-training",
                    "attendee_ids": [Command.create({"user_id": rep.id, "state": "invited"}) for rep in services[1:]],
                },
            ]
        )
        trainings[0].state = "done"
        self._name_records({"training_rollout_done_demo": trainings[0], "training_rollout_planned_demo": trainings[1]})
        return trainings

    def _prepare_rollout(self, version, core, done, again):
        today = self.env.cr.now().date()
        stefan, manager = self._ref("user_leader_stefan"), self._ref("user_manager")
        checks = [
            ("Templates of version 1.1 are in the library", stefan, -20, True),
            ("Guide for reps printed and handed out", stefan, PLANNED - 2, False),
            ("Customer service knows the new questions", manager, PLANNED - 3, False),
        ]
        conditions = [
            {"kind": "trained", "percent": 100},
            {"kind": "assessed", "percent": 80},
            {"kind": "kpi", "kpi_id": self._ref("kpi_win_rate").id, "kpi_scope": "company", "band": "not_alert"},
            {"kind": "checks"},
            {"kind": "days", "days": 28},
        ]
        return self.env["sales.process.rollout"].create(
            {
                "name": "Version 1.1 for all of Nordhafen",
                "company_id": version.company_id.id,
                "process_id": version.id,
                "user_id": manager.id,
                "description": "<p>Two projects of the spring began without anybody to decide. The core team works by "
                "the new questions first; the others follow when they are trained.</p>",
                "phase_ids": [
                    Command.create(
                        {
                            "name": "Core team",
                            "sequence": 10,
                            "team_ids": [Command.set(core.ids)],
                            "training_ids": [Command.set(done.ids)],
                            "condition_ids": [Command.create({"kind": "trained", "percent": 100})],
                            "migrate": "all",
                            "date_planned": today - timedelta(days=OPENED),
                        }
                    ),
                    Command.create(
                        {
                            "name": "All of services",
                            "sequence": 20,
                            "team_ids": [Command.set(self._ref("team_services").ids)],
                            "training_ids": [Command.set((done + again).ids)],
                            "condition_ids": [
                                Command.create({"sequence": place, **vals}) for place, vals in enumerate(conditions)
                            ],
                            "check_ids": [
                                Command.create(
                                    {
                                        "sequence": place,
                                        "name": name,
                                        "user_id": user.id,
                                        "date_due": today + timedelta(days=days),
                                        "done": ticked,
                                    }
                                )
                                for place, (name, user, days, ticked) in enumerate(checks)
                            ],
                            "date_planned": today + timedelta(days=PLANNED),
                        }
                    ),
                ],
            }
        )

    def _make_past(self, plan, phase):
        """The opening was a month ago: stays that began since belong to the new version."""
        opened = self.env.cr.now().replace(microsecond=0) - timedelta(days=OPENED)
        manager = self._ref("user_manager")
        phase.write({"opened_on": opened, "opened_by_id": manager.id})
        plan.date_start = opened - timedelta(days=12)
        plan.process_id.date_activated = opened
        phase.migration_ids._keep({"date_started": opened, "date_done": opened})
        self.env.flush_all()
        names = {
            "opened": opened,
            "manager": manager.id,
            "plan": plan.id,
            "process": plan.process_id.id,
            "team": phase.team_ids.ids,
        }
        for statement in PAST:
            self.env.cr.execute(SQL(statement, **names))
        self.env.invalidate_all()


PAST = (
    """
    UPDATE sales_process_rollout_event SET user_id = %(manager)s,
           date = CASE kind WHEN 'started' THEN %(opened)s - INTERVAL '12 days' ELSE %(opened)s END
     WHERE rollout_id = %(plan)s
    """,
    """
    UPDATE sales_process_migration_lead SET date = %(opened)s
     WHERE migration_id IN (SELECT migration.id FROM sales_process_migration AS migration
                             WHERE migration.target_process_id = %(process)s AND migration.state = 'done')
    """,
    """
    UPDATE sales_process_visit AS visit SET process_id = %(process)s, process_stage_id = stage.id
      FROM crm_lead AS lead, sales_process_stage AS stage
     WHERE lead.id = visit.lead_id AND lead.team_id = ANY(%(team)s) AND visit.entered >= %(opened)s
       AND lead.sales_process_id = %(process)s
       AND stage.process_id = %(process)s AND stage.stage_id = visit.stage_id
    """,
)

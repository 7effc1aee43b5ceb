from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import rollout


class SalesProcessRolloutReturn(models.AbstractModel):
    """Puts the teams of a phase back on the version that each had before.

    What becomes of their open leads on the version:

    * migrated by the phase, less than a day ago: they go back through the undo of the migration, to where they stood
    * migrated longer ago, or created since: they finish on the version, or migrate back by the mapping, as is chosen
    * of teams that followed no version before: they stay, or go on as in plain CRM, as is chosen
    """

    _name = "sales.process.rollout.return"
    _description = "Taking a Phase Back"

    def _check_returnable(self):
        """:raise UserError: a later phase is open, or leads are still on their way"""
        self.ensure_one()
        plan = self.rollout_id
        if self.state != rollout.OPEN:
            raise UserError(self.env._("%s is not open.", self.name))
        if plan.last_phase_id != self:
            raise UserError(
                self.env._(
                    "Phases go back in reverse order: take %s back first.",
                    plan.last_phase_id.name,
                )
            )
        if self.migration_ids.filtered(lambda migration: migration.state in ("running", "undoing")):
            raise UserError(self.env._("Leads are still being migrated. Wait until that is done."))
        if pilots := self.env["sales.process.pilot"].search(
            [
                ("state", "in", ("running", "extended", "analysis")),
                "|",
                ("candidate_process_id", "=", self.process_id.id),
                ("baseline_process_id", "=", self.process_id.id),
            ]
        ):
            raise UserError(
                self.env._("The pilot “%s” is under way with this version. Decide about it first.", pilots[0].name)
            )

    def _get_leaving(self):
        """:return: rows of teams that follow the version because of this phase; who went on since is left alone"""
        self.ensure_one()
        running, _teams = self.env["sales.process"]._get_running_teams()
        return self.sudo().former_ids.filtered(
            lambda row: not row.restored and running.get(row.team_id.id) == self.process_id.id
        )

    def _get_undoable(self):
        return self.migration_ids.filtered("can_undo")

    def _count_return(self):
        """What going back would do to open leads; nothing is changed.

        :return: dict of numbers: "undo", "expired" (migrated, but the day is over), "fresh" (created or moved here
            since), "lost" (of those to undo: won, lost or handed on since, they stay)
        """
        self.ensure_one()
        self.env.flush_all()
        [(undo, expired, fresh, gone)] = self.env.execute_query(
            SQL(
                """
                WITH trail AS (
                    SELECT lead_id, bool_or(migration_id = ANY(%(undoable)s)) AS undoable
                      FROM sales_process_migration_lead
                     WHERE migration_id = ANY(%(all)s) AND state = 'migrated' GROUP BY lead_id
                ), here AS (
                    SELECT id FROM crm_lead
                     WHERE sales_process_id = %(process)s AND active AND won_status = 'pending'
                       AND team_id = ANY(%(teams)s)
                )
                SELECT COUNT(*) FILTER (WHERE stays.sales_process_id = %(process)s AND trail.undoable
                                              AND stays.active AND stays.won_status = 'pending'),
                       COUNT(*) FILTER (WHERE here.id IS NOT NULL AND NOT trail.undoable),
                       COUNT(*) FILTER (WHERE here.id IS NOT NULL AND trail.lead_id IS NULL),
                       COUNT(*) FILTER (WHERE trail.undoable AND NOT (stays.sales_process_id = %(process)s
                                              AND stays.active AND stays.won_status = 'pending'))
                  FROM trail
                  FULL JOIN here ON here.id = trail.lead_id
                  LEFT JOIN crm_lead AS stays ON stays.id = trail.lead_id
                """,
                undoable=self._get_undoable().ids,
                all=self.migration_ids.ids,
                process=self.process_id.id,
                teams=self._get_leaving().team_id.ids,
            )
        )
        return {"undo": undo, "expired": expired, "fresh": fresh, "gone": gone}

    def _get_late_leads(self, teams):
        """:return: open leads of teams on the version that the undo does not take"""
        Lead = self.env["crm.lead"].sudo()
        trail = (
            self.env["sales.process.migration.lead"]
            .sudo()
            ._search([("migration_id", "in", self._get_undoable().ids), ("state", "=", "migrated")])
        )
        return Lead.search(
            [
                ("sales_process_id", "=", self.process_id.id),
                ("won_status", "=", "pending"),
                ("team_id", "in", teams.ids),
                ("id", "not in", trail.subselect("lead_id")),
            ]
        )

    def _plan_return(self):
        """Migrations back by the mapping, one for each version that teams return to; nothing is moved yet."""
        Migration = self.env["sales.process.migration"]
        plans = Migration.browse()
        for former, rows in self._get_leaving().grouped("process_id").items():
            leads = self._get_late_leads(rows.team_id)
            if not former or not leads:
                continue
            former, teams = former.sudo(False), rows.team_id.sudo(False)
            planned = Migration.search(
                [
                    ("process_id", "=", self.process_id.id),
                    ("target_process_id", "=", former.id),
                    ("state", "in", ("draft", "checked")),
                ]
            ).filtered(lambda migration, teams=teams: migration.team_ids == teams and migration.is_chosen)[:1]
            if planned:
                planned._keep({"lead_ids": [Command.set(leads.ids)]})
            else:
                planned = self.process_id._prepare_migration(former, teams=teams, leads=leads, reason=self.display_name)
            planned._check()
            plans += planned
        return plans

    def _take_back(self, reason, late="finish"):
        """:param late: "finish" or "return": leads that the undo does not take stay, or migrate back
        :return: {"counts": see ``_count_return``, "migrations": those back by the mapping}
        :raise UserError: it cannot go back, no reason is given, or a stage goes on nowhere in the former version
        """
        self.ensure_one()
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        self._check_returnable()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the phase goes back: those who come later will want to know."))
        counts = self._count_return()
        leaving, undoable = self._get_leaving(), self._get_undoable()
        back = self._plan_return() if late == "return" else self.env["sales.process.migration"]
        back._refuse_unmapped()
        plain = leaving.filtered(lambda row: not row.process_id).team_id
        released = self._get_late_leads(plain) if late == "return" and plain else self.env["crm.lead"]
        self._restore_teams(leaving)
        undoable.action_undo()
        for migration in back:
            migration._start()
        self._release(released)
        leaving.restored = True
        figures = {
            "return": {**counts, "late": late},
            "adoption": self.rollout_id._measure(self)[self.id]["total"],
        }
        # sudo: kept by the phase itself
        self.sudo().write(
            {
                "state": rollout.BACK,
                "back_on": self.env.cr.now(),
                "back_by_id": self.env.uid,
                "back_reason": reason,
            }
        )
        self.rollout_id._log("back", phase=self, reason=reason, figures=figures)
        self.rollout_id._settle()
        return {"counts": counts, "migrations": back}

    def _restore_teams(self, leaving):
        """Teams out of the version first: a team follows one version at a time."""
        process = self.process_id
        teams = leaving.team_id.sudo(False)
        staying = process.team_ids - teams
        vals = {"team_ids": [Command.set(staying.ids)]}
        if not staying and self.version_state != "active":
            # A draft never comes again: it was in use. Leads that stay finish on it.
            vals["state"] = "pilot" if self.version_state == "pilot" else "retired"
        process.write(vals)
        for former, rows in leaving.grouped("process_id").items():
            if not former:
                continue
            former = former.sudo(False)
            running, _teams = self.env["sales.process"]._get_running_teams()
            # A version that retired still names teams that follow another one by now.
            own = former.team_ids.filtered(
                lambda team, former=former, running=running: running.get(team.id) in (None, former.id)
            )
            former.write(
                {
                    "team_ids": [Command.set((own | rows.team_id.sudo(False)).ids)],
                    "state": rows[:1].process_state or "active",
                    "active": True,
                }
            )

    def _release(self, leads):
        """Teams without a version before: their leads go on as in plain CRM."""
        leads._detach_from_process()
        self.env["sales.process.exception"].sudo().search(
            [("lead_id", "in", leads.ids), ("state", "in", ("requested", "approved"))]
        )._action_cancel()

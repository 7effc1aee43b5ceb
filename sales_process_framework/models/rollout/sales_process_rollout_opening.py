import logging

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ...tools import rollout
from ...tools.period import local_day

_logger = logging.getLogger(__name__)

#: States of a version that may be brought to teams; one that lost its teams by going back is retired meanwhile.
USABLE = ("draft", "pilot", "active")


class SalesProcessRolloutOpening(models.AbstractModel):
    """Brings the version to the teams of a phase, the way that activating it does."""

    _name = "sales.process.rollout.opening"
    _description = "Opening of a Phase"

    def _check_openable(self):
        """:raise UserError: it is not its turn, or a pilot needs the teams as they are"""
        self.ensure_one()
        plan, process = self.rollout_id, self.process_id
        if plan.state != "running":
            raise UserError(self.env._("“%s” is not under way.", plan.name))
        if plan.next_phase_id != self:
            raise UserError(
                self.env._(
                    "%(phase)s is not the next phase: %(next)s is.",
                    phase=self.name,
                    next=plan.next_phase_id.name or self.env._("none"),
                )
            )
        if not self.team_ids:
            raise UserError(self.env._("Choose the teams of: %s.", self.name))
        if process.state not in USABLE and not plan.phase_ids.filtered("back_on"):
            raise UserError(self.env._("%s is retired.", process.display_name))
        process._check_pilots(self.team_ids)

    def _prepare_activation(self):
        """The wizard that activates versions: its code hands over teams and leads here as well."""
        return self.env["sales.process.activation"].create(
            {
                "process_id": self.process_id.id,
                "team_ids": [Command.set(self._get_newcomers().ids)],
                "migrate": self.migrate,
            }
        )

    def _get_newcomers(self):
        """:return: teams of the phase that do not follow the version yet"""
        usable = self.process_id.state in ("pilot", "active")
        return self.team_ids - self.process_id.team_ids if usable else self.team_ids

    def _open(self, reason=False, automatic=False):
        """Let the teams follow the version, and what happens to their open leads as the phase says.

        :param reason: why although a condition does not hold
        :raise UserError: it is not its turn, a condition does not hold and no reason is given, or leads stand in
            stages that go on nowhere
        """
        self.ensure_one()
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        self._check_openable()
        reason = (reason or "").strip()
        if (unmet := self._get_unmet()) and not reason:
            raise UserError(
                self.env._(
                    "%(phase)s waits for: %(conditions)s.",
                    phase=self.name,
                    conditions=", ".join(unmet.mapped("display_name")),
                )
            )
        figures = self._prepare_figures(unmet)
        self._remember_former()
        migrations = self._hand_over()
        # sudo: kept by the phase itself
        self.sudo().write(
            {
                "state": rollout.OPEN,
                "opened_on": self.env.cr.now(),
                "opened_by_id": self.env.uid,
                "override_reason": reason if unmet else False,
                "migration_ids": [Command.set(migrations.ids)],
                "told_on": False,
            }
        )
        kind = "automatic" if automatic else "overridden" if unmet else "opened"
        self.rollout_id._log(kind, phase=self, reason=reason if unmet else False, figures=figures)
        self.rollout_id.activity_ids.filtered(
            lambda activity: activity.user_id == self._get_responsible() and activity.summary == self._get_summary()
        ).action_feedback()
        self.rollout_id._settle()
        return migrations

    def _prepare_figures(self, unmet):
        """How things stood: the conditions with their counts, and the work of the teams until now."""
        standings = self._judge()
        conditions = self.sudo().condition_ids
        return {
            "conditions": [
                {
                    "name": condition.display_name,
                    "holds": condition not in unmet,
                    "have": standings[condition.id].have,
                    "total": standings[condition.id].total,
                }
                for condition in conditions
            ],
            "adoption": self.rollout_id._measure(self)[self.id]["total"],
        }

    def _remember_former(self):
        """Which version each team leaves, so that it can go back to exactly that."""
        running, _teams = self.env["sales.process"]._get_running_teams()
        versions = self.env["sales.process"].browse(filter(None, map(running.get, self.team_ids.ids)))
        states = {version.id: version.state for version in versions}
        # sudo: kept by the phase itself
        self.env["sales.process.rollout.former"].sudo().create(
            [
                {
                    "phase_id": self.id,
                    "team_id": team.id,
                    "process_id": running.get(team.id, False),
                    "process_state": states.get(running.get(team.id), False),
                }
                for team in self._get_newcomers()
            ]
        )
        self.sudo().version_state = self.process_id.state

    def _hand_over(self):
        """:return: the migrations that were begun"""
        process, activation = self.process_id, self._prepare_activation()
        newcomers = activation.team_ids
        migrations = self.env["sales.process.migration"]
        if process.state == "draft":
            activation._create_pipeline_stages()
            process._log_changes()
        else:
            self._show_columns(process, newcomers)
        staying = process.team_ids if process.state in ("pilot", "active") else process.team_ids.browse()
        previous = activation._retire_for_teams() if newcomers else process.browse()
        vals = {
            "team_ids": [Command.set((staying | newcomers).ids)],
            "state": "active",
            "predecessor_id": process.predecessor_id.id or previous[:1].id,
        }
        if process.state != "active":
            vals["date_activated"] = self.env.cr.now()
        process.write(vals)
        if self.migrate == "all" and newcomers:
            activation._plan_migrations(activation._get_planned_playbook())
            migrations = activation.migration_ids
            activation._attach_open_leads()
            activation._migrate_open_leads()
        return migrations

    def _show_columns(self, process, teams):
        for column in process.stage_ids.stage_id:
            if column.team_ids and not teams <= column.team_ids:
                column.team_ids |= teams

    # ------------------------------------------------------------------
    # By itself
    # ------------------------------------------------------------------

    @api.model
    def _cron_open_due(self):
        """Open the next phases whose day has come and whose conditions hold, or tell who may open them."""
        plans = self.env["sales.process.rollout"].search([("state", "=", "running")], order="id")
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(plans))
        failure = None
        for plan in plans:
            try:
                with self.env.cr.savepoint():
                    plan.next_phase_id._open_if_due()
            except Exception as error:
                # The others are not to wait for this one.
                _logger.exception("Rollout %s: the next phase could not be opened", plan.id)
                failure = error
            self.env.invalidate_all()
            if not progress(1):
                break
        if failure:
            raise failure

    def _is_due(self):
        """By the calendar day of the company. One that went back opens by hand only."""
        self.ensure_one()
        today = local_day(self.env.cr.now(), self.company_id._get_sales_timezone())
        return self.state == rollout.WAITING and bool(self.date_planned) and self.date_planned <= today

    def _open_if_due(self):
        for phase in self:
            if not phase._is_due() or phase._get_unmet():
                continue
            if phase.rollout_id.mode == "automatic":
                phase._open(automatic=True)
            elif not phase.told_on:
                phase._tell()

    def _get_summary(self):
        return self.env._("%s may open: its conditions hold", self.name)

    def _tell(self):
        """One activity for whoever answers for the phase."""
        self.ensure_one()
        today = local_day(self.env.cr.now(), self.company_id._get_sales_timezone())
        self.rollout_id.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=today,
            summary=self._get_summary(),
            note=self.env._(
                "Planned for %(date)s. Look at the dry run and open it.",
                date=format_date(self.env, self.date_planned),
            ),
            user_id=self._get_responsible().id or self.env.uid,
        )
        # sudo: kept by the phase itself
        self.sudo().told_on = today
        self.rollout_id._log("told", phase=self)

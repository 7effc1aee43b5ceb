from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ...tools.period import local_day


class SalesProcessImprovementSteps(models.AbstractModel):
    """The way of an improvement: idea, accepted, in a version, measured; or dropped. Each step says what it needs."""

    _name = "sales.process.improvement.steps"
    _description = "Steps of an Improvement"

    def action_accept(self):
        """It will be done; somebody answers for it."""
        self.check_access("write")
        for improvement in self:
            improvement._check_step("idea")
            if not improvement.user_id:
                raise UserError(self.env._("Say who is responsible for “%s” before you accept it.", improvement.name))
        for improvement in self:
            improvement._go("accepted", date_accepted=improvement._get_today())
        return True

    def action_put_in_version(self):
        """It is worked into a version of a process; or it came into use without one, such as a training."""
        self.check_access("write")
        for improvement in self:
            improvement._check_step("accepted")
            versions = improvement.version_id or improvement.change_ids.process_id.sorted("id")[-1:]
            if not versions and not improvement.date_in_use:
                raise UserError(
                    self.env._(
                        "“%s”: choose the version or the changes that carry it. When it changes no process, such as "
                        "a training, say since when it is in use.",
                        improvement.name,
                    )
                )
        for improvement in self:
            version = improvement.version_id or improvement.change_ids.process_id.sorted("id")[-1:]
            improvement._go("in_version", version_id=version.id)
        self._follow_versions()
        return True

    def action_measure(self):
        """Settle what came of it: the figures of before and after never change from here on."""
        self.check_access("write")
        for improvement in self:
            improvement._check_measurable()
        self._measure()
        for improvement in self:
            improvement._go("measured", date_measured=improvement._get_today())
        # sudo: reminders of others are settled as well
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        self._on_measured()
        return True

    def action_drop(self):
        self.check_access("write")
        for improvement in self:
            improvement._check_step("idea", "accepted", "in_version")
        for improvement in self:
            improvement._go("dropped")
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        return True

    def action_reopen(self):
        """A dropped improvement is an idea again."""
        self.check_access("write")
        for improvement in self:
            improvement._check_step("dropped")
        for improvement in self:
            improvement._go("idea", date_accepted=False)
        return True

    def action_refresh_effect(self):
        """Take the figures now, for whoever cannot wait for the night."""
        self.check_access("write")
        self.filtered(lambda improvement: improvement.state == "in_version")._measure()
        return True

    def _go(self, state, **vals):
        # sudo: kept by the improvement itself
        self.sudo().write({"state": state, **vals})

    def _check_step(self, *states):
        """:raise UserError: it stands elsewhere"""
        self.ensure_one()
        if self.state not in states:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(improvement)s” is in the step “%(step)s”: this cannot be done with it there.",
                    improvement=self.name,
                    step=labels[self.state],
                )
            )

    def _check_measurable(self):
        """:raise UserError: what is missing to measure it, or until when"""
        self._check_step("in_version")
        if not self.kpi_id:
            raise UserError(self.env._("“%s”: choose the indicator that shall get better by it.", self.name))
        if not self.date_in_use:
            raise UserError(
                self.env._(
                    "“%(improvement)s” is not in use yet: activate %(version)s first.",
                    improvement=self.name,
                    version=self.version_id.display_name or self.env._("its version"),
                )
            )
        if self.date_measurable >= self._get_today():
            raise UserError(
                self.env._(
                    "“%(improvement)s”: it is too early. %(count)s whole periods since it came into use are over after "
                    "%(day)s. Measure it then, or compare fewer or shorter periods.",
                    improvement=self.name,
                    count=self.measure_periods,
                    day=format_date(self.env, self.date_measurable),
                )
            )

    def action_open_award(self):
        """Say thank you for the idea, in public."""
        self.ensure_one()
        self.check_access("write")
        return self.env["sales.process.award"]._open_for(self)

    # ------------------------------------------------------------------
    # What follows by itself
    # ------------------------------------------------------------------

    def _follow_versions(self):
        """Those whose version is in use are in use since then."""
        for improvement in self.sudo():
            version = improvement.version_id
            if improvement.date_in_use or version.state != "active":
                continue
            moment = version.date_activated or self.env.cr.now()
            improvement.date_in_use = local_day(moment, improvement.company_id._get_sales_timezone())

    @api.model
    def _on_versions_activated(self, versions):
        """Hook of processes that have come into use."""
        # sudo: whoever activates a version may not see every improvement of it
        waiting = self.env["sales.process.improvement"].sudo()
        waiting.search(
            [("version_id", "in", versions.ids), ("state", "=", "in_version"), ("date_in_use", "=", False)]
        )._follow_versions()

    def _on_measured(self):
        """Hook: what came of these improvements is known and settled."""

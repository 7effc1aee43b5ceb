from odoo import api, fields, models
from odoo.exceptions import UserError


class SalesProcessVersioned(models.AbstractModel):
    """A process as one of several versions: what changed and why, and where its leads go."""

    _name = "sales.process.versioned"
    _description = "Version of a Process"

    change_ids = fields.One2many("sales.process.change", "process_id", string="Change Log")
    change_count = fields.Integer(compute="_compute_change_counts")
    unexplained_count = fields.Integer(
        compute="_compute_change_counts", help="Changes of the log that have no reason yet."
    )
    migration_ids = fields.One2many("sales.process.migration", "process_id", string="Migrations", readonly=True)

    @api.depends("change_ids.reason")
    def _compute_change_counts(self):
        for process in self:
            changes = process.change_ids
            process.change_count = len(changes)
            process.unexplained_count = len(changes.filtered(lambda change: not change.reason))

    def write(self, vals):
        begins = vals.get("state") in ("pilot", "active")
        starting = self.filtered(lambda process: begins and process.state == "draft")
        result = super().write(vals)
        starting._take_over_allowed_deviations()
        return result

    def unlink(self):
        """Plans to migrate to a draft go with it."""
        self.env["sales.process.migration"].search([("target_process_id", "in", self.ids)]).unlink()
        return super().unlink()

    # -- what is different ---------------------------------------------------

    @api.readonly
    def get_version_diff(self, other_id=False):
        """What is different from the previous version, or from another process the user may read.

        :return: see ``sales.process.comparison._prepare_diff``, and "others": [{"id", "name"}] to compare with
        :raise UserError: there is nothing to compare with
        """
        self.ensure_one()
        self.check_access("read")
        other = self.browse(other_id) if other_id else self.predecessor_id
        if not other:
            raise UserError(self.env._("%s is the first version. Choose another one to compare it with.", self.name))
        other.check_access("read")
        others = self.search([("id", "!=", self.id), ("company_id", "in", (False, self.company_id.id))])
        family = self._get_versions()
        ordered = (others & family).sorted("id", reverse=True) + (others - family)
        # Names of fields, tools and departments may be shown to whoever may read the process.
        diff = self.env["sales.process.comparison"].sudo()._prepare_diff(other.sudo(), self.sudo())
        return {**diff, "others": [{"id": process.id, "name": process.display_name} for process in ordered]}

    def action_compare(self):
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "sales_process_version_diff",
            "name": self.env._("Changes in %s", self.display_name),
            "context": {"active_id": self.id},
            "params": {"process_id": self.id, "other_id": self.predecessor_id.id},
        }

    def _get_versions(self):
        """:return: the process with its earlier and later versions"""
        versions = self
        while (earlier := versions.predecessor_id - versions) or (
            earlier := self.sudo().search([("predecessor_id", "in", versions.ids)]) - versions
        ):
            versions |= earlier
        return versions

    def action_log_changes(self):
        """Bring the change log up to date; reasons that were given stay."""
        for process in self:
            process.check_access("write")
            if not process.predecessor_id:
                raise UserError(self.env._("%s is the first version, nothing changed yet.", process.display_name))
            if process.state != "draft":
                raise UserError(self.env._("%s is in use, its changes are settled.", process.display_name))
        self._log_changes()
        return True

    def _log_changes(self):
        for process in self.filtered("predecessor_id"):
            found = self.env["sales.process.comparison"].sudo()._prepare_changes(process.predecessor_id, process)
            known = {change.element_key: change for change in process.change_ids if change.element_key}
            for key, change in known.items():
                if key not in found:
                    change.unlink()
                    continue
                vals = found.pop(key)
                if change.kind == "removed":
                    # Who found it gone first stays.
                    vals = {name: vals[name] for name in ("sequence", "element", "detail")}
                change.write(vals)
            self.env["sales.process.change"].create([{**vals, "process_id": process.id} for vals in found.values()])

    def _remember_lineage(self, old):
        """Tell each stage and requirement of a fresh copy what it was copied from."""

        def place(stage):
            return stage.sequence, stage.name, stage.id

        def row(requirement):
            stage = requirement.process_stage_id
            return stage.sequence, stage.name, requirement.gate, requirement.sequence, requirement.name, requirement.id

        for before, after, key in (
            (old.stage_ids, self.stage_ids, place),
            (old.stage_ids.requirement_ids, self.stage_ids.requirement_ids, row),
        ):
            for source, copy in zip(before.sorted(key), after.sorted(key), strict=True):
                copy.previous_id = source

    def _take_over_allowed_deviations(self):
        """What managers allowed in the version before holds in this one, wherever its stages went on.

        When the version begins, not when it is drafted: until then stages come, go and change places, and more may be
        allowed.
        """
        for process in self.filtered("predecessor_id"):
            following = {stage.previous_id: stage for stage in process.stage_ids if stage.previous_id}
            vals_list = [
                allowed._prepare_for_version(process, following)
                for allowed in self.env["sales.process.variant.allowed"].search(
                    [("process_id", "=", process.predecessor_id.id)]
                )
            ]
            self.env["sales.process.variant.allowed"].create([vals for vals in vals_list if vals])

    # -- where leads go --------------------------------------------------------

    def _prepare_migration(self, target, teams=None, leads=None, reason=False):
        """:return: a draft ``sales.process.migration`` of open leads of this version, mapped as far as it is clear"""
        self.ensure_one()
        migration = self.env["sales.process.migration"].create(
            {
                "process_id": self.id,
                "target_process_id": target.id,
                "team_ids": [fields.Command.set(teams.ids if teams else [])],
                "reason": reason,
            }
        )
        if leads is not None:
            migration._keep({"is_chosen": True, "lead_ids": [fields.Command.set(leads.ids)]})
        migration._suggest_mapping()
        return migration

    def _migrate_leads(self, target, teams=None, leads=None, reason=False):
        """Let open leads of this version follow another one from where they are, answers kept.

        Few are migrated at once, many by the scheduled action, in chunks.

        :param target: a running version
        :param teams: only leads of these teams
        :param leads: only these leads
        :return: the ``sales.process.migration``
        :raise UserError: leads stand in a stage that goes on nowhere in the target
        """
        migration = self._prepare_migration(target, teams=teams, leads=leads, reason=reason)
        migration._check_now()
        migration._start()
        return migration

    # -- out of use --------------------------------------------------------------

    def action_open_retirement(self):
        self.ensure_one()
        self._check_may_retire()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_process_framework.sales_process_retirement_action"
        )
        successor = self.search(
            [("predecessor_id", "=", self.id), ("state", "in", ("pilot", "active"))], order="id desc", limit=1
        )
        action["context"] = {"default_process_id": self.id, "default_target_process_id": successor.id}
        return action

    def _check_may_retire(self):
        """:raise UserError: it is not in use, or a pilot or rollout that is under way needs it"""
        for process in self:
            process.check_access("write")
            if process.state not in ("pilot", "active"):
                raise UserError(self.env._("%s is not in use.", process.display_name))
            pilots = self.env["sales.process.pilot"].search(
                [
                    ("state", "in", ("running", "analysis", "extended")),
                    "|",
                    ("candidate_process_id", "=", process.id),
                    ("baseline_process_id", "=", process.id),
                ]
            )
            if pilots:
                raise UserError(
                    self.env._(
                        "%(process)s is part of the pilot %(pilot)s, which is under way. Decide about the pilot first.",
                        process=process.display_name,
                        pilot=", ".join(pilots.mapped("name")),
                    )
                )
            plans = self.env["sales.process.rollout"].search(
                [("state", "=", "running"), ("process_id", "=", process.id)]
            )
            if plans:
                raise UserError(
                    self.env._(
                        "%(process)s is being rolled out: %(rollout)s. Stop the rollout first.",
                        process=process.display_name,
                        rollout=", ".join(plans.mapped("name")),
                    )
                )

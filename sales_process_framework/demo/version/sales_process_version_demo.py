from odoo import api, models

#: Why the next version of the services process is as it is, by the kind of change and part of the element's name.
REASONS = {
    "added": "Two projects of the spring began without anybody on the customer's side to decide. Now we ask first.",
    "removed": "Nobody read it: in the review of the first half-year not one deal had been decided by it.",
    "moved": "Reps asked for it at the wrong moment; customers know the answer only after the first talk.",
    "changed": "Deals that stood here for more than three days were lost twice as often as the others.",
}


class SalesProcessVersionDemo(models.AbstractModel):
    """The next version of the services process as a draft, with its change log and the dry run of a migration."""

    _name = "sales.process.demo.version"
    _inherit = "sales.process.demo"
    _description = "Demo company: versions"

    @api.model
    def _demo_build_versions(self):
        """Nothing when there is a next version already."""
        if self.env.ref("sales_process_framework.process_services_next_demo", raise_if_not_found=False):
            return
        quiet = self.sudo().with_context(tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True)
        quiet._build_next_version()

    def _build_next_version(self):
        process = self._ref("process_services_demo")
        draft = process.browse(process.with_company(process.company_id).action_new_version()["res_id"])
        draft = draft.with_user(self._ref("user_manager")).sudo()
        first, second, third = draft.stage_ids.sorted("sequence")[:3]
        second.time_limit_days = 3
        dropped, moved = first.requirement_ids[-1:], second.requirement_ids[:1]
        dropped.unlink()
        changed = first.requirement_ids[:1]
        changed.standard = "Within one working day, by phone first and in writing after. Note who decides."
        moved.write({"process_stage_id": third.id, "gate": "entry", "after_ids": [(5, 0, 0)]})
        self.env["sales.process.requirement"].with_user(self._ref("user_manager")).sudo().create(
            {
                "process_stage_id": first.id,
                "name": "Decision maker known by name",
                "standard": "Name, role and how to reach them are on the contact.",
                "gate": "exit",
                "sequence": 5,
            }
        )
        self._explain(draft)
        migration = (
            process.with_user(self._ref("user_manager"))
            .sudo()
            ._prepare_migration(draft, reason="Everybody works by one version from the autumn on.")
        )
        migration._check()
        self._name_records({"process_services_next_demo": draft, "migration_services_demo": migration})

    def _explain(self, process):
        """A log with reasons, but for one change: somebody still has to say why."""
        process._log_changes()
        for change in process.change_ids[:-1] or process.change_ids:
            change.reason = REASONS[change.kind]

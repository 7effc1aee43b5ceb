from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .sales_process_migration_run import AT_ONCE


class SalesProcessMigrationUndo(models.AbstractModel):
    """Takes a migration back, chunk by chunk.

    What was answered and handed in since goes back too: nobody's work is lost either way. Leads that were won, lost or
    handed to another process meanwhile went on, and stay as they are.
    """

    _name = "sales.process.migration.undo"
    _description = "Undoing a Migration"

    def action_undo(self):
        """:raise UserError: the day in which it can be undone is over, or it is not done"""
        for migration in self:
            migration.check_access("write")
            if migration.state == "done" and not migration.can_undo:
                raise UserError(
                    self.env._(
                        "A migration can be undone within a day. Migrate the leads to %s the other way round instead.",
                        migration.process_id.display_name,
                    )
                )
            if not migration.can_undo:
                raise UserError(self.env._("Only a migration that is done can be undone."))
            migration._keep({"state": "undoing"})
            if migration.migrated_count <= AT_ONCE:
                while migration.state == "undoing":
                    migration._advance()
            else:
                migration._trigger_cron()
        return True

    def _undo_chunk(self, size):
        """:return: number of leads handled; 0 when none is left"""
        migration = self.sudo()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT trail.id AS trail, lead.id, lead.stage_id, lead.sales_process_stage_id,
                          trail.stage_id AS old_column, trail.target_stage_id AS new_column,
                          trail.process_stage_id AS old_stage, trail.target_process_stage_id AS new_stage,
                          trail.visit, trail.new_visit, trail.last_stage_update,
                          lead.active AND lead.won_status = 'pending'
                          AND lead.sales_process_id = %(target)s AS goes_back
                     FROM sales_process_migration_lead AS trail
                     JOIN crm_lead AS lead ON lead.id = trail.lead_id
                    WHERE trail.migration_id = %(migration)s AND trail.state = 'migrated'
                    ORDER BY lead.id LIMIT %(size)s FOR NO KEY UPDATE OF lead""",
                target=migration.target_process_id.id,
                migration=migration.id,
                size=size,
            )
        )
        if not rows:
            return 0
        back = [row for row in rows if row["goes_back"]]
        if back:
            migration._take_back(back)
        trails = self.env["sales.process.migration.lead"].sudo()
        for state, chosen in (("undone", back), ("kept", [row for row in rows if not row["goes_back"]])):
            trails.browse(row["trail"] for row in chosen).write({"state": state})
        self.env.flush_all()
        return len(rows)

    def _take_back(self, rows):
        leads = self.env["crm.lead"].sudo().browse(row["id"] for row in rows)
        reverse = {}
        for old, new in self._get_stage_pairs().items():
            # Several stages may have become one; a lead that moved since goes to the first of them.
            reverse.setdefault(new.id, self.env["sales.process.stage"].sudo().browse(old))
        self._restore_columns(rows, reverse)
        self._hand_over(leads, reverse, self.process_id)
        self._restore_stages(rows)
        self._restore_exceptions(rows)
        pairs = self._get_requirement_pairs()
        self._carry_facts(leads, {new: old for old, new in pairs.items()})
        self._drop_copies(leads, pairs)
        self._settle(leads)

    def _restore_columns(self, rows, reverse):
        """Leads that still stand where the migration put them stand as before; the others keep their step."""
        moved = [row for row in rows if row["old_column"] != row["new_column"]]
        still = [row for row in moved if row["stage_id"] == row["new_column"]]
        for column in {row["old_column"] for row in still}:
            chosen = [row["id"] for row in still if row["old_column"] == column]
            self._write_column(self.env["crm.lead"].sudo().browse(chosen), column)
        if still:
            self._restore_visits(still)
        known = set(self.process_id.stage_ids.stage_id.ids)
        settled = {row["id"] for row in still}
        strayed = {}
        for row in rows:
            target = reverse.get(row["sales_process_stage_id"])
            if row["id"] not in settled and row["stage_id"] not in known and target and target.stage_id:
                strayed.setdefault(target.stage_id.id, []).append(row["id"])
        for column, lead_ids in strayed.items():
            self._write_column(self.env["crm.lead"].sudo().browse(lead_ids), column)
            self._begin_visits(lead_ids)

    def _restore_visits(self, rows):
        """The stay in the old column goes on as if it had never ended."""
        names = {
            "leads": [row["id"] for row in rows],
            "begun": [row["new_visit"] for row in rows if row["new_visit"]],
            "ended": [row["visit"] for row in rows if row["visit"]],
            "times": [row["last_stage_update"] for row in rows],
        }
        self.env.cr.execute(SQL("DELETE FROM sales_process_visit WHERE id = ANY(%(begun)s::int[])", **names))
        self.env.cr.execute(
            SQL(
                """UPDATE sales_process_visit AS visit
                      SET "left" = NULL, outcome = 'open', seconds = NULL, duration_days = NULL, overdue = FALSE,
                          advanced_rate = NULL
                    WHERE id = ANY(%(ended)s::int[])""",
                **names,
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead AS lead SET date_last_stage_update = entry.at
                     FROM unnest(%(leads)s::int[], %(times)s::timestamp[]) AS entry(id, at) WHERE lead.id = entry.id""",
                **names,
            )
        )
        self.env["sales.process.visit"].invalidate_model()
        self.env["crm.lead"].invalidate_model(["date_last_stage_update", "sales_visit_ids"])

    def _restore_stages(self, rows):
        """Where several stages became one: the one each lead came from."""
        still = [row for row in rows if row["sales_process_stage_id"] == row["new_stage"]]
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead AS lead SET sales_process_stage_id = entry.stage
                     FROM unnest(%s::int[], %s::int[]) AS entry(id, stage) WHERE lead.id = entry.id""",
                [row["id"] for row in still],
                [row["old_stage"] for row in still],
            )
        )
        self.env["crm.lead"].invalidate_model(["sales_process_stage_id"])

    def _restore_exceptions(self, rows):
        """Permissions that became void are as they were; those still to be decided wait for their approvers again."""
        trails = self.env["sales.process.migration.lead"].sudo().browse(row["trail"] for row in rows)
        states = {}
        for trail in trails.filtered("void_exceptions"):
            states |= {int(number): state for number, state in trail.void_exceptions.items()}
        exceptions = self.env["sales.process.exception"].sudo().browse(states).exists()
        for state, chosen in exceptions.grouped(lambda exception: states[exception.id]).items():
            chosen.write({"state": state})
            if state == "requested":
                chosen._notify_approvers()

    def _drop_copies(self, leads, pairs):
        """Answers that the old requirement holds as well were copies only."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM sales_process_answer AS answer
                    USING unnest(%s::int[], %s::int[]) AS pair(old, new), sales_process_answer AS original
                    WHERE answer.requirement_id = pair.new AND answer.lead_id = ANY(%s)
                      AND original.requirement_id = pair.old AND original.lead_id = answer.lead_id""",
                list(pairs),
                list(pairs.values()),
                leads.ids,
            )
        )
        self.env["sales.process.answer"].invalidate_model()

import logging

from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..gate.sales_process_judgement import GateFacts

_logger = logging.getLogger(__name__)

#: Leads between two commits: short enough that a rep who saves one of them hardly waits.
CHUNK = 500
#: Leads that are migrated at once, where the user waits; more are left to the scheduled action.
AT_ONCE = 500
#: Chunks in a row that may be lost to reps who save the same leads.
RETRIES = 20
RUNNING_STATES = ("pilot", "active")


class SalesProcessMigrationRun(models.AbstractModel):
    """Moves leads to the other version, chunk by chunk.

    What is done shows in the leads themselves: those of the old version are still to come. So a run that was cut off
    goes on where it stopped, and no chunk holds more than :data:`CHUNK` leads in memory or under lock.
    """

    _name = "sales.process.migration.run"
    _description = "Run of a Migration"

    def action_start(self):
        """Migrate: a few leads at once, many by the scheduled action."""
        for migration in self:
            migration.check_access("write")
            if migration.state == "draft":
                raise UserError(self.env._("Do the dry run first: it shows what the migration would do."))
            migration._check_planned()
            migration._refuse_unmapped()
            migration._start()
        return True

    def _start(self):
        self.ensure_one()
        if self.target_process_id.state not in RUNNING_STATES:
            raise UserError(
                self.env._(
                    "%s is not in use. Activate it first, leads cannot follow it otherwise.",
                    self.target_process_id.display_name,
                )
            )
        self._keep({"state": "running", "date_started": self.env.cr.now(), "last_lead": 0})
        if self.lead_count <= AT_ONCE:
            while self.state == "running":
                self._advance()
        else:
            self._trigger_cron()

    def _trigger_cron(self):
        self.env.ref("sales_process_framework.ir_cron_migrate_leads").sudo()._trigger()

    @api.model
    def _cron_migrate_leads(self):
        """Carry migrations on, one chunk and one commit after the other; cut off, the next run goes on."""
        waiting = self.env["sales.process.migration"].search([("state", "in", ("running", "undoing"))], order="id")
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(waiting))
        for migration in waiting:
            failures = 0
            while migration.state in ("running", "undoing"):
                try:
                    # Committed before: the chunk's first statement locks, so hardly anybody can have been faster.
                    migration._advance()
                    self.env.flush_all()
                except OperationalError:
                    # Somebody saved one of these leads between two statements. Nothing of the chunk is done.
                    self.env.cr.rollback()
                    failures += 1
                    if failures > RETRIES:
                        raise
                self.env.invalidate_all()
                if not progress(0 if migration.state in ("running", "undoing") else 1):
                    self._trigger_cron()
                    return

    def _advance(self):
        """Handle one chunk, or end the run when there is none left."""
        self.ensure_one()
        handled = self._undo_chunk(CHUNK) if self.state == "undoing" else self._migrate_chunk(CHUNK)
        if handled:
            return
        if self.state == "undoing":
            self._keep({"state": "undone"})
        elif self.last_lead >= 0 and self._count_open_mapped():
            # Somebody was saving these when the run came by: wait for them this time.
            self._keep({"last_lead": -1})
        else:
            self._keep({"state": "done", "date_done": self.env.cr.now()})
            _logger.info("Migration %s is done", self.id)

    def _count_open_mapped(self):
        [(count,)] = self.env.execute_query(
            SQL("SELECT COUNT(*) FROM crm_lead AS lead WHERE %s", self.sudo()._sql_migratable())
        )
        return count

    def _sql_migratable(self):
        """Open leads whose stage goes on somewhere; one that came into another stage since stays where it is."""
        mapped = self.stage_map_ids.filtered("target_stage_id").process_stage_id
        return SQL(
            "%s AND (lead.sales_process_stage_id IS NULL OR lead.sales_process_stage_id = ANY(%s))",
            self._sql_open_leads(),
            mapped.ids,
        )

    def _migrate_chunk(self, size):
        """:return: number of leads migrated; 0 when none is left that nobody holds"""
        # Record rules are not asked: a migration takes all leads of the version, its managers decide about it.
        migration = self.sudo()
        condition = SQL("lead.id > %s AND %s", migration.last_lead, migration._sql_migratable())
        rows = self._lock(condition, size, patient=migration.last_lead < 0)
        if not rows:
            return 0
        leads = self.env["crm.lead"].sudo().browse(row["id"] for row in rows)
        migration._log_leads(rows)
        migration._move_columns(rows)
        void = migration._hand_over(leads, self._get_stage_pairs(), migration.target_process_id)
        migration._remember_void(void)
        migration._carry_facts(leads, self._get_requirement_pairs())
        migration._settle(leads)
        migration._keep({"last_lead": rows[-1]["id"]})
        return len(rows)

    def _get_stage_pairs(self):
        lines = self.sudo().stage_map_ids.filtered("target_stage_id")
        return {line.process_stage_id.id: line.target_stage_id for line in lines}

    def _get_requirement_pairs(self):
        lines = self.sudo().requirement_map_ids.filtered("target_requirement_id")
        return {line.requirement_id.id: line.target_requirement_id.id for line in lines}

    def _lock(self, condition, size, patient=False):
        """Lock leads, first thing in the transaction.

        :param patient: wait for leads that somebody is saving instead of leaving them for later
        :return: list of dict of what they are like
        """
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """SELECT lead.id, lead.stage_id, lead.sales_process_stage_id, lead.date_last_stage_update
                     FROM crm_lead AS lead WHERE %s ORDER BY lead.id LIMIT %s FOR NO KEY UPDATE OF lead %s""",
                condition,
                size,
                SQL() if patient else SQL("SKIP LOCKED"),
            )
        )

    def _log_leads(self, rows):
        """The trail: where each lead came from and where it goes."""
        pairs, now = self._get_stage_pairs(), self.env.cr.now()
        visits = dict(
            self.env.execute_query(
                SQL(
                    'SELECT lead_id, id FROM sales_process_visit WHERE "left" IS NULL AND lead_id = ANY(%s)',
                    [row["id"] for row in rows],
                )
            )
        )
        target_columns = self._get_target_columns(rows)
        stages = self.env["sales.process.stage"]
        columns = {
            "lead_id": [row["id"] for row in rows],
            "stage_id": [row["stage_id"] for row in rows],
            "target_stage_id": [target_columns.get(row["id"], row["stage_id"]) for row in rows],
            "process_stage_id": [row["sales_process_stage_id"] for row in rows],
            "target_process_stage_id": [pairs.get(row["sales_process_stage_id"], stages).id or None for row in rows],
            "visit": [visits.get(row["id"]) for row in rows],
            "last_stage_update": [row["date_last_stage_update"] for row in rows],
        }
        names = SQL(", ").join(map(SQL.identifier, columns))
        self.env.cr.execute(
            SQL(
                """INSERT INTO sales_process_migration_lead (migration_id, state, date, %(names)s)
                   SELECT %(migration)s, 'migrated', %(now)s, %(names)s
                     FROM unnest(%(lead_id)s::int[], %(stage_id)s::int[], %(target_stage_id)s::int[],
                                 %(process_stage_id)s::int[], %(target_process_stage_id)s::int[], %(visit)s::int[],
                                 %(last_stage_update)s::timestamp[]) AS entry(%(names)s)
                   ON CONFLICT (migration_id, lead_id) DO UPDATE
                      SET state = 'migrated', date = EXCLUDED.date, stage_id = EXCLUDED.stage_id,
                          target_stage_id = EXCLUDED.target_stage_id, process_stage_id = EXCLUDED.process_stage_id,
                          target_process_stage_id = EXCLUDED.target_process_stage_id, visit = EXCLUDED.visit,
                          new_visit = NULL, last_stage_update = EXCLUDED.last_stage_update""",
                names=names,
                migration=self.id,
                now=now,
                **columns,
            )
        )
        self.env["sales.process.migration.lead"].invalidate_model()

    def _get_target_columns(self, rows):
        """:return: {lead id: pipeline stage id} of leads that change their column

        Who stands in a column that the version does not know stays there, as it did before.
        """
        pairs = self._get_stage_pairs()
        of_stage = {stage.id: stage.stage_id.id for stage in self.stage_map_ids.process_stage_id}
        columns = {}
        for row in rows:
            stage_id = row["sales_process_stage_id"]
            target = pairs.get(stage_id)
            if target and target.stage_id and row["stage_id"] == of_stage[stage_id] != target.stage_id.id:
                columns[row["id"]] = target.stage_id.id
        return columns

    def _move_columns(self, rows):
        by_column = {}
        for lead_id, column in self._get_target_columns(rows).items():
            by_column.setdefault(column, []).append(lead_id)
        for column, lead_ids in by_column.items():
            self._write_column(self.env["crm.lead"].sudo().browse(lead_ids), column)
        moved = [lead_id for lead_ids in by_column.values() for lead_id in lead_ids]
        if moved:
            self._begin_visits(moved)
            note = self.env._("Goes on in another column: %s", self.display_name)
            leads = self.env["crm.lead"].sudo().browse(moved)
            leads._message_log_batch(bodies=dict.fromkeys(moved, note))

    def _write_column(self, leads, column):
        """Part of the migration and not a move of a rep: nothing is judged, nobody gets a mail."""
        leads = leads.with_context(tracking_disable=True, mail_notrack=True)
        with leads._gate_frame(None), leads._unjudged():
            leads.write({"stage_id": column})
        self.env.flush_all()

    def _begin_visits(self, lead_ids):
        """The stay in the old column ends aside, the one in the new column begins."""
        now = self.env.cr.now()
        self.env["sales.process.visit"].sudo()._close(dict.fromkeys(lead_ids, "moved"), now)
        self.env.cr.execute(
            SQL(
                """WITH begun AS (
                        INSERT INTO sales_process_visit (lead_id, company_id, stage_id, team_id, user_id, entered,
                                                         direction, outcome)
                        SELECT id, company_id, stage_id, team_id, user_id, %(now)s, 'aside', 'open'
                          FROM crm_lead WHERE id = ANY(%(leads)s)
                        RETURNING id, lead_id)
                   UPDATE sales_process_migration_lead AS trail SET new_visit = begun.id
                     FROM begun WHERE trail.lead_id = begun.lead_id AND trail.migration_id = %(migration)s""",
                now=now,
                leads=lead_ids,
                migration=self.id,
            )
        )
        self.env["sales.process.visit"].invalidate_model()

    def _hand_over(self, leads, stage_pairs, process):
        """Let leads follow a version, each in the stage its own goes on in.

        :param stage_pairs: {old process stage id: new process stage}
        :return: {sales.process.exception that is void now: its state before}
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead AS lead
                      SET sales_process_id = %(process)s,
                          sales_process_stage_id = (SELECT pair.new FROM unnest(%(old)s::int[], %(new)s::int[])
                                                           AS pair(old, new)
                                                     WHERE pair.old = lead.sales_process_stage_id)
                    WHERE lead.id = ANY(%(leads)s)""",
                process=process.id,
                old=list(stage_pairs),
                new=[stage.id for stage in stage_pairs.values()],
                leads=leads.ids,
            )
        )
        leads.invalidate_recordset(["sales_process_id", "sales_process_stage_id"])
        # Permissions asked for keep their column; those for a column the version lacks are void.
        exceptions = self.env["sales.process.exception"].sudo()
        open_ones = exceptions.search([("lead_id", "in", leads.ids), ("state", "in", ("requested", "approved"))])
        void = open_ones.filtered(lambda exception: exception.to_stage_id not in process.stage_ids.stage_id)
        states = {exception: exception.state for exception in void}
        void._action_cancel()
        (open_ones - void).write({"process_id": process.id})
        return states

    def _remember_void(self, states):
        """Permissions that the version has no use for, on the trail: undone, they are as they were."""
        by_lead = {}
        for exception, state in states.items():
            by_lead.setdefault(exception.lead_id.id, {})[exception.id] = state
        trails = self.env["sales.process.migration.lead"].sudo()
        for trail in trails.search([("migration_id", "=", self.id), ("lead_id", "in", list(by_lead))]):
            trail.void_exceptions = by_lead[trail.lead_id.id]

    def _carry_facts(self, leads, pairs):
        """Take along what was answered and handed in.

        Answers are copied: what was true of the old version's stages stays readable and counted there. The newer one
        wins where both are answered. Documents and open requests are what they are once only, so they move.

        :param pairs: {old requirement id: new requirement id}
        """
        if not pairs:
            return
        self.env.flush_all()
        names = {"leads": leads.ids, "old": list(pairs), "new": list(pairs.values())}
        for statement in CARRY:
            self.env.cr.execute(SQL(statement, **names))
        for model in ("sales.process.answer", "sales.process.deliverable", "mail.activity"):
            self.env[model].invalidate_model()

    def _settle(self, leads):
        """Limits of the version, judged by its gates, as if the leads had always followed it."""
        self.env["sales.process.visit"].sudo()._adopt(leads)
        leads._assign_gate_state(GateFacts(leads))
        self.env.flush_all()
        leads.invalidate_recordset()


CARRY = (
    # Waiting for a decision: it waits once, under the requirement that counts.
    """
    UPDATE sales_process_answer AS answer SET requirement_id = pair.new
      FROM unnest(%(old)s::int[], %(new)s::int[]) AS pair(old, new)
     WHERE answer.requirement_id = pair.old AND answer.lead_id = ANY(%(leads)s) AND answer.state = 'requested'
       AND NOT EXISTS (SELECT FROM sales_process_answer AS other
                        WHERE other.lead_id = answer.lead_id AND other.requirement_id = pair.new)
    """,
    """
    INSERT INTO sales_process_answer (lead_id, requirement_id, state, count, note, user_id, date, approver_id,
                create_uid, create_date, write_uid, write_date)
    SELECT answer.lead_id, pair.new, answer.state, answer.count, answer.note, answer.user_id, answer.date,
           answer.approver_id, answer.create_uid, answer.create_date, answer.write_uid, answer.write_date
      FROM sales_process_answer AS answer
      JOIN unnest(%(old)s::int[], %(new)s::int[]) AS pair(old, new) ON pair.old = answer.requirement_id
     WHERE answer.lead_id = ANY(%(leads)s) AND answer.state <> 'requested'
    ON CONFLICT (lead_id, requirement_id) DO UPDATE
       SET state = EXCLUDED.state, count = EXCLUDED.count, note = EXCLUDED.note, user_id = EXCLUDED.user_id,
           date = EXCLUDED.date, approver_id = EXCLUDED.approver_id, write_uid = EXCLUDED.write_uid,
           write_date = EXCLUDED.write_date
     WHERE EXCLUDED.write_date > sales_process_answer.write_date
    """,
    """
    UPDATE sales_process_deliverable AS document
       SET requirement_id = pair.new, process_stage_id = requirement.process_stage_id
      FROM unnest(%(old)s::int[], %(new)s::int[]) AS pair(old, new)
      JOIN sales_process_requirement AS requirement ON requirement.id = pair.new
     WHERE document.requirement_id = pair.old AND document.lead_id = ANY(%(leads)s)
    """,
    """
    UPDATE mail_activity AS activity SET sales_process_requirement_id = pair.new
      FROM unnest(%(old)s::int[], %(new)s::int[]) AS pair(old, new)
     WHERE activity.sales_process_requirement_id = pair.old
       AND activity.res_model = 'crm.lead' AND activity.res_id = ANY(%(leads)s)
    """,
)

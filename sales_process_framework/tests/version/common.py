from odoo import Command

from ..common import SalesProcessCommon


class VersionCommon(SalesProcessCommon):
    """Version 1.0 in use, with a manual point, a counted action and a document, and 1.1 as its draft."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.budget = cls._require(cls.p_qualify, "Budget", standard="Ask for the budget twice.")
        cls.calls = cls._require(cls.p_qualify, "Calls", kind="action", min_count=2)
        cls.report = cls._require(cls.p_diagnose, "Report", kind="deliverable", judgement="document")
        cls.later = cls._require(cls.p_propose, "Later")
        cls._activate()
        cls.next = cls.env["sales.process"].browse(cls.process.with_user(cls.manager).action_new_version()["res_id"])
        cls.n_qualify, cls.n_diagnose, cls.n_propose, cls.n_won = cls.next.stage_ids.sorted("sequence")

    @classmethod
    def _twin(cls, record):
        """The record of the next version that continues one of the first."""
        return record.search([("previous_id", "=", record.id)])

    @classmethod
    def _put_to_use(cls, process=None):
        process = process or cls.next
        process.write({"state": "active"})
        cls.process.write({"state": "retired"})
        process.write({"team_ids": [Command.set(cls.team.ids)]})

    def _migration(self, **vals):
        migration = self.process.with_user(self.manager)._prepare_migration(self.next.with_user(self.manager))
        if vals:
            migration.write(vals)
        return migration

    def _map(self, migration, stage, target):
        line = migration.stage_map_ids.filtered(lambda line: line.process_stage_id == stage)
        line.target_stage_id = target
        return line

    def _migrate(self, migration=None):
        migration = migration or self._migration()
        migration.action_check()
        migration.action_start()
        self.env.flush_all()
        self.env.invalidate_all()
        return migration

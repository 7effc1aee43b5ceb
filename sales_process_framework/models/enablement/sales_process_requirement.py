from odoo import fields, models


class SalesProcessRequirement(models.Model):
    _inherit = "sales.process.requirement"

    # Copied with the requirement: the next version of a process keeps its library and its trainings.
    resource_ids = fields.Many2many(
        "sales.process.resource", "sales_process_resource_requirement_rel", "requirement_id", "resource_id", copy=True
    )
    training_ids = fields.Many2many(
        "sales.process.training", "sales_process_training_requirement_rel", "requirement_id", "training_id", copy=True
    )

    @property
    def _lineage_mark(self):
        """What a requirement has in common with the one that it was copied from."""
        return self.key or (self.gate, self.with_context(lang="en_US").name)

    def _get_lineage(self):
        """Requirements of this and of earlier versions of the process.

        :return: {id of this or an earlier requirement: the requirement of this version}
        """
        processes = version = self.process_id
        while version := version.predecessor_id - processes:
            processes |= version
        today = {requirement._lineage_mark: requirement for requirement in self}
        everything = self.sudo().search([("process_id", "in", processes.ids)])
        lineage = {
            requirement.id: today[requirement._lineage_mark]
            for requirement in everything
            if requirement._lineage_mark in today
        }
        return lineage | {requirement.id: requirement for requirement in self}

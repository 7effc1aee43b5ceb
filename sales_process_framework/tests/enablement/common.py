from odoo import Command

from ..common import SalesProcessCommon


class EnablementCommon(SalesProcessCommon):
    """The test process with one key action a stage, and a small library."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.spin = cls._require(cls.p_qualify, "SPIN questions", kind="action", key="spin")
        cls.report = cls._require(
            cls.p_qualify, "Report", kind="deliverable", judgement="document", approval_required=True, key="report"
        )
        cls.objection = cls._require(cls.p_diagnose, "Objections", kind="action", key="objection")

    @classmethod
    def _resource(cls, name="Resource", **vals):
        return cls.env["sales.process.resource"].create({"name": name, "kind": "script", **vals})

    @classmethod
    def _training(cls, users=None, requirements=None, **vals):
        return cls.env["sales.process.training"].create(
            {
                "name": "SPIN workshop",
                "company_id": cls.company.id,
                "trainer_id": cls.manager.id,
                "requirement_ids": [Command.set((requirements or cls.spin).ids)],
                "attendee_ids": [Command.create({"user_id": user.id}) for user in users or cls.rep],
                **vals,
            }
        )

from odoo import Command
from odoo.tests import TransactionCase, new_test_user

from ..exceptions import SalesProcessGateError


class SalesProcessCommon(TransactionCase):
    """A team with a process of three stages and a won one, a rep, a colleague, a leader and a manager.

    Stages: Qualify → Diagnose → Propose → Won. Tests add the requirements they are about.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_context(tracking_disable=False, mail_create_nosubscribe=True).env
        cls.company = cls.env.company
        cls.rep = cls._new_user("spf_rep", "sales_team.group_sale_salesman")
        cls.colleague = cls._new_user("spf_colleague", "sales_team.group_sale_salesman_all_leads")
        cls.leader = cls._new_user("spf_leader", "sales_team.group_sale_salesman_all_leads")
        cls.manager = cls._new_user("spf_manager", "sales_team.group_sale_manager")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Gate Team",
                "company_id": cls.company.id,
                "user_id": cls.leader.id,
                "member_ids": [Command.set([cls.rep.id, cls.colleague.id])],
            }
        )
        cls.other_team = cls.env["crm.team"].create({"name": "Plain Team", "company_id": cls.company.id})
        cls.stages = cls.env["crm.stage"].create(
            [
                {"name": name, "sequence": 100 + index, "team_ids": cls.team.ids, "is_won": name == "Won!"}
                for index, name in enumerate(["Qualify", "Diagnose", "Propose", "Won!"])
            ]
        )
        cls.qualify, cls.diagnose, cls.propose, cls.won = cls.stages
        cls.process = cls.env["sales.process"].create(
            {
                "name": "Test Process",
                "company_id": cls.company.id,
                "enforcement": "block",
                "skip_rule": "gates",
                "back_rule": "free",
                "team_ids": [Command.set(cls.team.ids)],
                "stage_ids": [
                    Command.create(
                        {"name": stage.name, "sequence": index, "stage_id": stage.id, "is_won": stage.is_won}
                    )
                    for index, stage in enumerate(cls.stages)
                ],
            }
        )
        cls.p_qualify, cls.p_diagnose, cls.p_propose, cls.p_won = cls.process.stage_ids

    @classmethod
    def _new_user(cls, login, groups, **kwargs):
        return new_test_user(
            cls.env, login=login, groups=f"base.group_user,{groups}", tz="Europe/Brussels", lang="en_US", **kwargs
        )

    @classmethod
    def _require(cls, process_stage, name, **vals):
        """A requirement; mandatory exit criterion ticked by hand unless said otherwise."""
        return cls.env["sales.process.requirement"].create(
            {"process_stage_id": process_stage.id, "name": name, "gate": "exit", "mandatory": True, **vals}
        )

    @classmethod
    def _activate(cls, **vals):
        """Put the process to work; its structure is frozen from here on."""
        cls.process.write({"state": "active", **vals})

    @classmethod
    def _lead(cls, user=None, **vals):
        """An opportunity of the team in the first stage, created by the superuser as a channel would."""
        values = {
            "name": "Deal",
            "type": "opportunity",
            "team_id": cls.team.id,
            "user_id": (user or cls.rep).id,
            "company_id": cls.company.id,
            **vals,
        }
        return cls.env["crm.lead"].create(values)

    def _move(self, leads, stage, user=None):
        leads.with_user(user or self.rep).write({"stage_id": stage.id})

    def assertRefused(self, leads, stage, user=None, missing=None):
        """The move is refused, nothing has moved, and the message names what is missing.

        :return: the payload of the error
        """
        before = leads.mapped("stage_id.id")
        with self.assertRaises(SalesProcessGateError) as caught:
            self._move(leads, stage, user)
        leads.invalidate_recordset()
        self.assertEqual(leads.mapped("stage_id.id"), before)
        for name in missing or ():
            self.assertIn(name, str(caught.exception))
        return caught.exception.context

    def _tick(self, lead, requirement, user=None, **values):
        return lead.with_user(user or self.rep).sales_process_answer(requirement.id, {"state": "done", **values})

    def _post(self, record, body, subject=False, **kwargs):
        """Post what a person typed: no text of the product, so nothing to translate."""
        return record.message_post(body=body, subject=subject, **kwargs)

    def _upload(self, lead, name="record.txt", content=b"content", user=None):
        return (
            self.env["ir.attachment"]
            .with_user(user or self.rep)
            .create({"name": name, "raw": content, "res_model": "crm.lead", "res_id": lead.id})
        )

    def _hand_in(self, lead, requirement, user=None, **kwargs):
        file = self._upload(lead, user=user)
        return lead.with_user(user or self.rep).sales_process_submit_document(requirement.id, file.ids, **kwargs)

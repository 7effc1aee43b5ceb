from odoo import Command

from ..common import SalesProcessCommon


class JourneyCommon(SalesProcessCommon):
    """A journey of two phases on the common process: Aware (Qualify) with two touchpoints, Choose with none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journey = cls._journey()
        cls.aware, cls.choose = cls.journey.phase_ids
        cls.first, cls.second = cls.aware.touchpoint_ids

    @classmethod
    def _journey(cls, **vals):
        return cls.env["sales.process.journey"].create(
            {
                "name": "Journey",
                "company_id": cls.company.id,
                "process_ids": [Command.set(cls.process.ids)],
                "phase_ids": [
                    Command.create(
                        {
                            "name": "Aware",
                            "kind": "awareness",
                            "sequence": 10,
                            "need": "Overview",
                            "process_stage_ids": [Command.set(cls.p_qualify.ids)],
                            "touchpoint_ids": [
                                Command.create(
                                    {
                                        "name": "Web lead",
                                        "sequence": 10,
                                        "importance": 5,
                                        "urgency": 5,
                                        "response_time": 3,
                                        "response_unit": "minutes",
                                        "clock_start": "lead_created",
                                        "action": "Call back",
                                    }
                                ),
                                Command.create({"name": "Paper", "sequence": 20, "importance": 4, "urgency": 2}),
                            ],
                        }
                    ),
                    Command.create({"name": "Choose", "kind": "decision", "sequence": 20}),
                ],
                **vals,
            }
        )

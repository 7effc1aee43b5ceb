from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import new_test_user

from ..common import SalesProcessCommon

WEEK = [(day, hours) for day in range(5) for hours in ((8, 12), (13, 17))]


class SupportCommon(SalesProcessCommon):
    """Marketing in Brussels, 8–12 and 13–17: a report within three working days, a first word within four hours.

    The members are plain employees without any access to CRM.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls._make_calendar()
        cls.head = new_test_user(cls.env, login="spf_head", groups="base.group_user", tz="Europe/Brussels")
        cls.member = new_test_user(cls.env, login="spf_member", groups="base.group_user", tz="Europe/Brussels")
        cls.lawyer = new_test_user(cls.env, login="spf_lawyer", groups="base.group_user", tz="Europe/Brussels")
        cls.marketing = cls._make_department("Marketing", cls.head, cls.head + cls.member)
        cls.legal = cls._make_department("Legal", cls.lawyer, cls.lawyer)
        cls.report = cls._make_policy("Industry report", cls.marketing, resolution_days=3)
        cls.case = cls._make_policy("Tailored case", cls.marketing, resolution_days=2)
        cls.review = cls._make_policy("Contract review", cls.legal)

    @classmethod
    def _make_calendar(cls, name="Brussels", tz="Europe/Brussels", week=None):
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": tz,
                "company_id": cls.company.id,
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": f"{day} {start}",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": stop,
                            "day_period": "morning" if start < 12 else "afternoon",
                        }
                    )
                    for day, (start, stop) in (WEEK if week is None else week)
                ],
            }
        )

    @classmethod
    def _make_department(cls, name, leader, members, **vals):
        return cls.env["sales.process.department"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "leader_id": leader.id,
                "member_ids": [Command.set(members.ids)],
                "calendar_id": cls.calendar.id,
                **vals,
            }
        )

    @classmethod
    def _make_policy(cls, name, department, **vals):
        return cls.env["sales.process.sla.policy"].create({"name": name, "department_id": department.id, **vals})

    def _at(self, moment):
        """A clock that stands at a moment in UTC."""
        now = fields.Datetime.to_datetime(moment)
        return patch.object(self.env.cr, "now", lambda: now)

    def _ask(self, lead=None, policy=None, user=None, need="For the board", files=None):
        lead = (lead or self._lead()).with_user(user or self.rep)
        policy = (policy or self.report).with_user(user or self.rep)
        files = files if files is not None else self.env["ir.attachment"]
        request = self.env["sales.process.support.request"].with_user(user or self.rep)
        return request._ask(lead, policy, need, files).sudo()

    def _file(self, user, name="report.txt"):
        return self.env["ir.attachment"].with_user(user).create({"name": name, "raw": b"facts"})

    def _deliver(self, request, user=None, note="Here it is"):
        user = user or self.member
        request.with_user(user)._step_deliver(note, self._file(user))

    def _holiday(self, start, stop, **vals):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": start,
                "date_to": stop,
                **vals,
            }
        )

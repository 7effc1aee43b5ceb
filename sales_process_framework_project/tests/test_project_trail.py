from odoo.tests import tagged

from odoo.addons.sales_process_framework.tests.trail.test_trail import TrailCommon


@tagged("post_install", "-at_install")
class TestProjectTrail(TrailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = cls.env["project.project"].create({"name": "Service", "privacy_visibility": "employees"})

    def _task(self, name, partner, **vals):
        values = {"name": name, "partner_id": partner.id, "project_id": self.project.id, **vals}
        return self.env["project.task"].create(values)

    def test_tasks_of_the_customer(self):
        repair = self._task("Repair", self.engineer)
        self._task("Training", self.customer, state="1_done")
        self._task("Pattern", self.customer, is_template=True)
        self._task("Of somebody else", self.foreign)
        entries = {entry["name"]: entry for entry in self._get_trail(self.lead)["entries"]}
        self.assertEqual(set(entries), {"Repair", "Training"})
        entry = entries["Repair"]
        self.assertEqual((entry["kind"], entry["model"], entry["id"]), ("task", "project.task", repair.id))
        self.assertEqual((entry["state"], entries["Training"]["state"]), ("In Progress", "Done"))
        self.assertEqual(set(self._names(self.customer, "task")), {"Repair", "Training"})

    def test_private_projects_stay_private(self):
        self.project.privacy_visibility = "followers"
        self._task("Confidential", self.customer)
        self.assertFalse(self._names(self.lead, "task"))

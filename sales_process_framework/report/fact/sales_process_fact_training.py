from odoo import fields, models
from odoo.tools import SQL


class SalesProcessFactTraining(models.Model):
    """Who took part in which training, and with which result."""

    _name = "sales.process.fact.training"
    _description = "Training Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "user_id"
    _depends = {
        "sales.process.training.attendee": [
            *("training_id", "user_id", "company_id", "date", "state", "completed", "assessed", "score", "passed"),
        ],
        "sales.process.training": ["trainer_id"],
    }

    training_id = fields.Many2one("sales.process.training", readonly=True, aggregator="count_distinct")
    trainer_id = fields.Many2one("res.users", readonly=True)
    user_id = fields.Many2one("res.users", string="Attendee", readonly=True, aggregator="count_distinct")
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Datetime(readonly=True)
    state = fields.Selection(
        [("invited", "Invited"), ("attended", "Attended"), ("absent", "Absent")], string="Status", readonly=True
    )
    attended_rate = fields.Float(
        string="Attended (Share)", readonly=True, aggregator="avg", help="Of those who came or should have come."
    )
    passed_rate = fields.Float(string="Passed (Share)", readonly=True, aggregator="avg", help="Of those who attended.")
    score = fields.Float(readonly=True, aggregator="avg", help="0 to 100.")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT fact.id, fact.training_id, training.trainer_id, fact.user_id, person.sale_team_id AS team_id,
                   fact.company_id, fact.date, fact.state,
                   CASE fact.state WHEN 'attended' THEN 1.0 WHEN 'absent' THEN 0.0 END AS attended_rate,
                   CASE WHEN fact.state = 'attended' THEN CASE WHEN fact.passed THEN 1.0 ELSE 0.0 END END
                        AS passed_rate,
                   CASE WHEN fact.assessed THEN fact.score END AS score
              FROM sales_process_training_attendee AS fact
              JOIN sales_process_training AS training ON training.id = fact.training_id
              JOIN res_users AS person ON person.id = fact.user_id
            """
        )

    def action_open_record(self):
        self.ensure_one()
        return self.training_id.get_formview_action()

"""Leaving a database in use."""

from odoo.tools import SQL

OWN = ("survey_nps", "survey_nps_mark", "survey_nps_why")


def uninstall_hook(env):
    """Answers belong to the survey and stay with it; programs, which hold on to surveys and mails, go first."""
    env.flush_all()
    for table in ("sales_process_survey_invitation", "sales_process_survey_program"):
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    survey = env.ref("sales_process_framework_survey.survey_nps", raise_if_not_found=False)
    if survey and survey.with_context(active_test=False).user_input_ids:
        env["ir.model.data"].search([("module", "=", "sales_process_framework_survey"), ("name", "in", OWN)]).unlink()
    env.invalidate_all()

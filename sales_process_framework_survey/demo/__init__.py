from . import sales_process_survey_demo

from . import sales_process_scorecard_demo

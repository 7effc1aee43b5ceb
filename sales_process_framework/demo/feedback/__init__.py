from . import sales_process_feedback_demo

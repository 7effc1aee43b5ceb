from . import sales_process_feedback_answer
from . import sales_process_feedback_merge

from . import sales_process_improvement_demo
from . import sales_process_review_demo

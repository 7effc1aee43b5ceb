from . import sales_process_improvement

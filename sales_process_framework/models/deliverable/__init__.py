from . import sales_process_deliverable

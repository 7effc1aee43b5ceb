from . import sales_process_retirement

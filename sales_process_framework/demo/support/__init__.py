from . import sales_process_support_demo

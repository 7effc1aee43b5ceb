from . import sales_process_pilot_demo

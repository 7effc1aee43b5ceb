from . import sales_process_health_demo

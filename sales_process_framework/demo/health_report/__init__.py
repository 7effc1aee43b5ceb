from . import sales_process_health_report_demo

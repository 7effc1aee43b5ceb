from . import sales_process_alert_demo

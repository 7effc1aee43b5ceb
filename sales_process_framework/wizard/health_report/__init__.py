from . import sales_process_health_report_make
from . import sales_process_health_report_compare

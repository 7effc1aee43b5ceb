from . import sales_process_health_report_snapshot
from . import sales_process_health_report_texts
from . import sales_process_health_report
from . import sales_process_health_report_schedule

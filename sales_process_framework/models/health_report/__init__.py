from . import sales_process_health_report_support
from . import sales_process_health_report_snapshot
from . import sales_process_health_report_texts
from . import sales_process_health_report_page
from . import sales_process_health_report_sheet
from . import sales_process_health_report_delivery
from . import sales_process_health_report
from . import sales_process_health_report_schedule

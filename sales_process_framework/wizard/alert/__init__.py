from . import sales_process_alert_preview
from . import sales_process_alert_preview_line
from . import sales_process_alert_snooze

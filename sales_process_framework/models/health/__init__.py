from . import sales_process_closing_change
from . import sales_process_health_sql
from . import sales_process_health_mixin

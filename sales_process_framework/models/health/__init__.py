from . import sales_process_closing_change
from . import sales_process_health_sql
from . import sales_process_health_mixin
from . import sales_process_time_to_close
from . import sales_process_stage_limit

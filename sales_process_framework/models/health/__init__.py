from . import sales_process_closing_change
from . import sales_process_health_sql
from . import sales_process_completeness_sql
from . import sales_process_completeness_mixin
from . import sales_process_completeness_rule
from . import sales_process_health_mixin
from . import sales_process_time_to_close
from . import sales_process_stage_limit

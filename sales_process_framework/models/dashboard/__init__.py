from . import sales_process_stage_load
from . import sales_process_dashboard_filters
from . import sales_process_dashboard_stages
from . import sales_process_dashboard_facts
from . import sales_process_dashboard
from . import sales_process_dashboard_favorite

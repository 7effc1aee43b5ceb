from . import sales_process_breakdown
from . import sales_process_target_import

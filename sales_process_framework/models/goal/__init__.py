from . import sales_process_target_scenario
from . import sales_process_target_progress
from . import sales_process_target_rollup
from . import sales_process_target_smart
from . import sales_process_target_sheet
from . import sales_process_target
from . import digest_digest

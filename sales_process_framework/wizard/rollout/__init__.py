from . import sales_process_rollout_step
from . import sales_process_rollout_open
from . import sales_process_rollout_back

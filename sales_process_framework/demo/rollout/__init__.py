from . import sales_process_rollout_demo

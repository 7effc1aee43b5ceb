from . import sales_process_goal_demo

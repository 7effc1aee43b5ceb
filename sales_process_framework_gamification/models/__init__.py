from . import gamification_goal
from . import gamification_goal_definition
from . import sales_process_award

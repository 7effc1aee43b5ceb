from . import test_goal
from . import test_goal_breakdown
from . import test_goal_sheet
from . import test_goal_security

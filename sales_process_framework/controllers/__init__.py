from . import sales_process_journey
from . import sales_process_scorecard
from . import sales_process_effectiveness

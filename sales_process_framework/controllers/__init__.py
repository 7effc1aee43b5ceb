from . import sales_process_journey
from . import sales_process_scorecard

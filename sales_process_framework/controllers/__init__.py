from . import sales_process_health_report
from . import sales_process_journey
from . import sales_process_scorecard
from . import sales_process_effectiveness

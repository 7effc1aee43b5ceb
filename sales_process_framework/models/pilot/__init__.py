from . import sales_process_piloted
from . import sales_process_pilot_mixin
from . import sales_process_pilot
from . import sales_process_pilot_assignment
from . import sales_process_pilot_result
from . import sales_process_pilot_decision

from . import sales_process_persona
from . import sales_process_channel
from . import sales_process_journey
from . import sales_process_journey_phase
from . import sales_process_touchpoint
from . import sales_process
from . import sales_process_stage

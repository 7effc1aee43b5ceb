from . import sales_process_activation
from . import sales_process_activation_line
from . import sales_process_activation_stage
from . import sales_process_import
from . import sales_process_journey_import
from . import sales_process_rejection
from . import support
from . import kpi

from . import sales_process_demo
from . import journey
from . import enablement
from . import support
from . import alert
from . import kpi
from . import health
from . import goal

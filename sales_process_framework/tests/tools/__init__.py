from . import test_exchange
from . import test_gate
from . import test_journey
from . import test_lifecycle
from . import test_response
from . import test_sla
from . import test_values
from . import test_worktime

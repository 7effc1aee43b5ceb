from . import test_pilot
from . import test_pilot_design
from . import test_pilot_security
from . import test_pilot_tour
from . import test_pilot_verdict

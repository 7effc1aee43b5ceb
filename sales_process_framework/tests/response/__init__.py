from . import test_calendar
from . import test_clock
from . import test_response_security
from . import test_response_tour

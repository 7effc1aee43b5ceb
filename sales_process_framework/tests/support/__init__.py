from . import test_support_calendar
from . import test_support_request
from . import test_support_security
from . import test_support_stage
from . import test_support_tours

from . import test_trail
from . import test_trail_security
from . import test_trail_support

from . import test_trail
from . import test_trail_security

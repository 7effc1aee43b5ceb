from . import test_allowed
from . import test_conformance
from . import test_conformance_security
from . import test_conformance_tour

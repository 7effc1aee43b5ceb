from . import test_journey
from . import test_journey_exchange
from . import test_journey_files
from . import test_journey_security
from . import test_journey_tour

from . import test_completeness
from . import test_health_weights
from . import test_scorecard
from . import test_scorecard_security
from . import test_scorecard_tour

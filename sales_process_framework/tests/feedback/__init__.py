from . import test_feedback_giving
from . import test_feedback_status
from . import test_feedback_security
from . import test_feedback_tour

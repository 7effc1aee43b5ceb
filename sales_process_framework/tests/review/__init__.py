from . import test_review
from . import test_review_agenda
from . import test_review_schedule
from . import test_review_security

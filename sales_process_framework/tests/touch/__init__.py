from . import test_rebuild
from . import test_recorder
from . import test_timeline
from . import test_timeline_tour
from . import test_touch_security

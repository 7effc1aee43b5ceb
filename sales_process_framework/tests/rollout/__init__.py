from . import test_rollout
from . import test_rollout_conditions
from . import test_rollout_return
from . import test_rollout_pilot
from . import test_rollout_adoption
from . import test_rollout_security
from . import test_rollout_tour

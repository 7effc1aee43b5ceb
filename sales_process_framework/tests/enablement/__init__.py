from . import test_enablement_security
from . import test_resource
from . import test_skill
from . import test_training

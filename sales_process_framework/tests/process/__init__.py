from . import test_activation
from . import test_exchange
from . import test_playbook
from . import test_templates

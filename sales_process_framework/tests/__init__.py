from . import deliverable
from . import gate
from . import history
from . import process
from . import test_multi_company
from . import test_security
from . import test_tours
from . import tools

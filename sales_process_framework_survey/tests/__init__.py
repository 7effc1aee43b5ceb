from . import tools
from . import test_answer
from . import test_collect
from . import test_delivery
from . import test_kpi
from . import test_pages
from . import test_phone
from . import test_security

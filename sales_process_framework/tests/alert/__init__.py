from . import test_alert_scan
from . import test_alert_kinds
from . import test_alert_notice
from . import test_alert_rule
from . import test_alert_security
from . import test_alert_tour

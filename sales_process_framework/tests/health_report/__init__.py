from . import test_health_report
from . import test_health_report_tables
from . import test_health_report_paper
from . import test_health_report_schedule
from . import test_health_report_security
from . import test_health_report_tour

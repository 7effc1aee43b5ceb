from . import test_facts_leads_world
from . import test_facts_service_world
from . import test_facts_work_world
from . import test_facts_tables
from . import test_facts_edges
from . import test_facts_goals

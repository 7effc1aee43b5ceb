from . import test_customer
from . import test_gate_quotation
from . import test_kpi
from . import test_sale_trail

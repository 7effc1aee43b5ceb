from . import sales_process_variant_allowed
from . import sales_process_conformance_facts
from . import sales_process_conformance

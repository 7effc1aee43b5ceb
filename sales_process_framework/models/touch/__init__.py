from . import sales_process_touch_recorder
from . import sales_process_touch_rebuild
from . import sales_process_journey_texts
from . import sales_process_touch
from . import sales_process_touch_mixin
from . import sales_process_timeline

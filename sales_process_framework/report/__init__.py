from . import alert
from . import fact

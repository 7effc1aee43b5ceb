from . import deliverable
from . import gate
from . import history
from . import tools

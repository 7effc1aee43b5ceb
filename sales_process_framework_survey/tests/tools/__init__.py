from . import test_invitation
from . import test_nps

"""The reconciliation 银行存款余额调节表 (D11) and the list of what was matched 银行流水核对明细 (D12).

Always true: proof only, never a booking voucher; what is open stands on it with its age, and what is ignored too. This
is the door; outsiders import only it.
"""

from .readers import Reconciliation, of
from .verbs import state_opening

__all__ = ["Reconciliation", "of", "state_opening"]

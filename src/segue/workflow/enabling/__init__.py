"""What can be imported, exported or selected now, and if not, why: one table for the command line and for every other surface."""

from segue.workflow.enabling.answers import Answer, actions, reason, require, require_for
from segue.workflow.enabling.table import ACTIONS, Action, action_of

__all__ = ["ACTIONS", "Action", "Answer", "action_of", "actions", "reason", "require", "require_for"]

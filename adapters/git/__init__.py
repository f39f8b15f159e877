"""git made real: picks on remote repositories without a clone, and local repositories for the desk."""

from adapters.git.local import LocalRepository
from adapters.git.picking import Picker

__all__ = ["LocalRepository", "Picker"]

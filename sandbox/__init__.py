"""GitHub on your laptop: a stateful GitHub on loopback over real git repositories, for the demo and the tests.

`Sandbox.start(folder)` runs one; `Town(sandbox)` (in `sandbox.scenario`) lets people act in it.
"""

from sandbox.server import AppCredentials, Sandbox, Settings

__all__ = ["AppCredentials", "Sandbox", "Settings"]

"""Finding, deleting, checking and mending: what most commands do not need, and so do not load."""

from rewind.store.health import Health
from rewind.store.purge import Purge
from rewind.store.repair import Repair
from rewind.store.snapshots import Snapshots
from rewind.store.traces import Traces


class Upkeep(Repair, Purge, Snapshots, Health, Traces):
    """The methods that `Store` passes on."""

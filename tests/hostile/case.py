"""Case: one hostile (or clean) bundle, and the answer assay owes it."""

from dataclasses import dataclass, field

FAILED = {1}
UNDECIDED = {3}
REFUSED = {1, 3}  # either: evidence of badness, or it could not be decided
PASSED = {0}


@dataclass(frozen=True)
class Case:
    id: str  # also the name of its folder
    differs: str  # what two programs would see differently, or what is attacked
    data: bytes
    exits: frozenset
    reasons: frozenset  # any one of these must be in the report; empty when it passes
    file: str = ""  # the bundle's name
    policy: dict = field(default_factory=dict)  # limits lower than the policy's own
    refuse: tuple = ()  # notes that the policy does not let pass
    beside: dict = field(default_factory=dict)  # further files in the folder: name, bytes
    unsigned: tuple = ()  # files beside the bundle that nobody signs
    family: str = ""  # set by the catalogue


def attack(id, differs, data, reasons, exits=FAILED, **more):
    """A bundle that must not pass. `reasons`: words, any of which is a right one."""
    return Case(id, differs, data, frozenset(exits), frozenset(reasons.split()),
                more.pop("file", f"agent-{id}"), **more)


def clean(id, shows, data, **more):
    """The same writer without the attack: it must pass."""
    return Case(id, shows, data, frozenset(PASSED), frozenset(),
                more.pop("file", f"agent-{id}"), **more)

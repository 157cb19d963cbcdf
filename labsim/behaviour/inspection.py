"""What one inspection visit does at one check item.

Takes: scalars of a visit and an item. Gives: probabilities. Submodels (9) and (11).
"""

from labsim.foundations.compiled import rule


@rule
def coverage(share: float, targeting: float, complaint_weight: float) -> float:
    """Return the chance that a visit covers an item.

    Args:
        share: coverage of the visit.
        targeting: share of coverage that follows complaints.
        complaint_weight: recent complaints of the item's block over the mean of blocks.
    """
    chance = share * (1.0 - targeting + targeting * complaint_weight)
    return min(chance, 1.0)


@rule
def perfunctory_probability(share: float, unannounced_share: float) -> float:
    """Return the chance that a visit is a formality: only an announced one can be."""
    return share * (1.0 - unannounced_share)


@rule
def detection_probability(bare: float, equipment_effect: float, equipped_share: float) -> float:
    """Return the chance that a covered defect is seen.

    Equipment shows part of what the eye misses; the share of equipped visits enters by
    its mean, because which visit carries it is not recorded.
    """
    return bare + (1.0 - bare) * equipment_effect * equipped_share


@rule
def seen_by_other(department: int, last_department: int, since_last: float, since_other: float, window: float) -> bool:
    """Return whether another department visited the item within the window.

    Args:
        department: who visits now.
        last_department: who visited last.
        since_last: days since that visit.
        since_other: days since the latest visit by anyone but ``last_department``.
        window: days.
    """
    since = since_other if last_department == department else since_last
    return since <= window


@rule
def reception_hours(hours: float, covered: int, items: int) -> float:
    """Return staff hours to receive a visit, declared for one that covers half the items."""
    return hours * covered / (0.5 * items) if items > 0 else 0.0

"""How an extension module declares its levers and its parameters of the world, one to a line.

Takes: what stands in one line of a module's table. Gives: :func:`lever` and :func:`parameter`; a module
binds them to its group.
"""

from labsim.foundations.declared import Kind, Quantity, Role, Text


def lever(
    name: str, zh: str, en: str, unit: str, low: float, high: float, default: float, source: str,
    kind: Kind = Kind.NUMBER, *, group: str,
) -> Quantity:
    """Return the declaration of a lever that policymakers turn."""
    return Quantity(
        name=name, label=Text(zh=zh, en=en), unit=unit, low=low, high=high, default=default, source=source, group=group,
        kind=kind, role=Role.POLICYMAKER,
    )


def parameter(
    name: str, zh: str, en: str, unit: str, low: float, high: float, default: float, source: str = "assumption",
    kind: Kind = Kind.NUMBER, *, group: str,
) -> Quantity:
    """Return the declaration of a parameter of the world."""
    return Quantity(
        name=name, label=Text(zh=zh, en=en), unit=unit, low=low, high=high, default=default, source=source, group=group,
        kind=kind,
    )

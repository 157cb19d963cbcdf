"""Small communities with services, drawn at random for the comparison of engines."""

from random import Random

from labsim.foundations.declared import Kind, Quantity
from labsim.scenario.modules.services import LEVERS_SERVICES, WORLD_SERVICES
from labsim.scenario.phases import Phase
from labsim.scenario.scenario import Scenario
from tests.model.drawn import draw_scenario, value_of

MANY = 6
SEED = 7
# Ranges are wide enough for a large community; these keep small ones busy, places short and utilities middling.
_NARROW = {
    "bias_canteen": (-2, 0), "bias_school": (-1, 2), "bias_culture": (-3, 0), "bias_gym": (-3, 0),
    "bias_room": (-3, 0), "bias_counsel": (-3, 0), "bias_visit": (-2, 1), "pupil_share": (0.3, 1),
    "alone_share": (0.5, 1), "proxy_hours": (0, 8), "shared_venues": (0, 6), "errand_team": (0, 12),
    "talent_pool": (0, 20), "art_sessions": (0, 3), "session_seats": (5, 20), "room_seats": (1, 4),
    "need_weight": (0, 4), "gym_cost": (1, 30), "item_rate": (5, 20), "item_hours": (0.5, 4),
    "culture_cost": (50, 600), "price_sensitivity": (0, 1),
    "school_cost": (0.2, 5), "school_price": (0, 80),
}  # fmt: skip


def draw(number: int, **modules: float) -> Scenario:
    """Return the random scenario of a number: every lever of the module drawn, and many requests."""
    chance = Random(3000 + number)

    def drawn(quantity: Quantity) -> float:
        low, high = _NARROW.get(quantity.name, (0.0, 0.0))
        if low == high:
            return value_of(chance, quantity)
        return float(chance.randint(int(low), int(high))) if quantity.kind is Kind.WHOLE else chance.uniform(low, high)

    levers = {lever.name: drawn(lever) for lever in LEVERS_SERVICES} | {"service_budget": chance.uniform(0, 30000)}
    levers |= {"venue_vouchers": chance.choice((0.0, 8.5)), "counselling_capacity": chance.uniform(0, 12)}
    levers |= {"demand_weight": chance.random(), "digital_teaching": chance.random()}
    levers |= {"time_bank": float(number % 3 > 0)}
    # The rest as declared: what a refit finds must not make these scenarios idle.
    world = {q.name: q.default for q in WORLD_SERVICES}
    world |= {q.name: drawn(q) for q in WORLD_SERVICES if q.name in _NARROW or chance.random() < 0.6}
    world |= {"hours_volunteer": chance.uniform(0.5, 6), "alpha_volunteer_older": chance.uniform(-4, 0)}
    small = draw_scenario(number).with_community(
        module_services=1, residents=chance.randint(60, 110), items=80, **modules
    )
    scenario = small.with_levers(**levers).with_world(**world)
    return scenario.with_phases(
        Phase(lever="time_bank", value=1, start=20, stop=50),
        Phase(lever="shared_venues", value=chance.randint(0, 6), start=23),
        Phase(lever="online_booking", value=chance.random(), start=10, ramp=20),
    )

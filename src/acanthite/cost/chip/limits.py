"""What a cost leaves out or continues beyond its source, in sentences."""

from __future__ import annotations

from acanthite.cost.chip.bill import Bill
from acanthite.cost.chip.cell_power import TYPICAL_ACTIVITY
from acanthite.cost.network.network_shape import NetworkShape

ALWAYS = (
    "Memory off the chip, pads, clock tree, references, pumps and control are not counted.",
    "Supplies are without losses and circuits at their nominal voltage.",
    "Dimensions of the layout are areas added up: nothing is placed or routed.",
)


def limits_of(bill: Bill, shape: NetworkShape) -> tuple[str, ...]:
    """Return what holds for this cost."""
    said = [*ALWAYS]
    on_tiles = [layer for layer in shape.layers if layer.on_tiles]
    if any(layer.weights is None for layer in on_tiles):
        said.append("Weights are normal random ones, a third of the largest their deviation.")
    scheme = bill.chip.inputs.scheme
    if any(layer.activity is None for layer in on_tiles):
        said.append(
            f"Inputs are taken as uniform from zero to the largest, an activity of "
            f"{TYPICAL_ACTIVITY[scheme]:.2f}: real ones are sparser."
        )
    if bill.chip.wires is None:
        said.append("Lines of the arrays are without resistance, as the chip's wires are ideal.")
    if bill.tile.converts_once:
        said.append("Integrating neurons read all bits of an input with one conversion.")
    components = (bill.tile.converter, bill.tile.driver, bill.tile.level_shifter)
    for component in components:
        said += [f"{limit[0].upper()}{limit[1:]}." for limit in component.LIMITS]
    said += [f"{limit[0].upper()}{limit[1:]}." for limit in bill.node.limits]
    return tuple(dict.fromkeys(said))

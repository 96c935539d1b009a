"""A silver filament grows along the grain boundaries of a film, as an animated picture."""

import acanthite as ac
from acanthite.constants import nm, us

film = ac.film.grow(ac.film.Recipe(thickness=50 * nm))
grown = ac.device.kmc.grow_filament(film, voltage=-0.25, seed=1)
print(
    f"nucleated after {float(grown.nucleation_time):.2g} s, bridged {float(grown.growth_time) / us:.0f} us later"
)
print(
    f"{float(grown.boundary_share):.0%} of the silver lies on boundaries, {float(grown.film_boundary_share):.0%} of the film"
)
ac.device.kmc.animate(grown, "filament.gif")

many = ac.device.kmc.grow_many(film, 20, voltage=-0.25, seed=1)
print(f"growth takes {float(many.growth_time.median()) / us:.0f} us, half of 20 filaments")
assert bool(many.bridged.all())

"""Makes converter_survey.csv with hwcomponents-adc (pip install hwcomponents-adc, Python 3.12 on), the authors' own.

Energy of a conversion and area of a converter by node, bits and rate; MIT licence.
"""

from hwcomponents_adc.main import ADC


def package_numbers(node_nm: float, bits: int, rate: float) -> tuple[float, float]:
    """Return energy [J] and area [m^2] as the package has them."""
    adc = ADC(n_bits=bits, tech_node=node_nm * 1e-9, throughput=rate)
    return adc.get_energy(), adc._get_area()


if __name__ == "__main__":
    print("node_nm,bits,rate_per_second,energy_joule,area_square_metre")
    for node in (7, 22, 32, 65, 130):
        for bits in (4, 5, 6, 8, 10, 12):
            for rate in (1e6, 1e8, 1e9, 5e9):
                energy, area = package_numbers(node, bits, rate)
                print(f"{node},{bits},{rate:g},{energy!r},{area!r}")

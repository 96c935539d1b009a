"""Right-censored fits by lifelines, another program, kept as text beside this script.

``python tests/references/censored_fits_lifelines.py > tests/references/censored_fits_lifelines.csv`` in an environment with lifelines
(0.30.3 made the file). Lines: seed, family, first and second parameter, log likelihood. Data: :func:`sample`, which the test draws again.
"""

from __future__ import annotations

import numpy as np

FAMILIES = ("weibull", "lognormal")


def sample(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return positive values and which of them are censored: some early, some late, many alike."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(12, 60))
    y = np.exp(rng.uniform(-3, 6)) * rng.weibull(rng.uniform(0.7, 5.0), n)
    limit = np.quantile(y, rng.uniform(0.4, 1.0)) * rng.uniform(0.3, 1.5, n)
    value = np.minimum(y, limit)
    grain = float(np.median(value)) / rng.choice([7.0, 1e6])
    return np.maximum(np.round(value / grain), 1) * grain, y > limit


def main() -> None:
    """Print the fits."""
    from lifelines import LogNormalFitter, WeibullFitter

    print("seed,family,first,second,log_likelihood")
    for seed in range(50):
        value, hidden = sample(seed)
        scale = float(np.median(value))
        for family, fitter in zip(FAMILIES, (WeibullFitter(), LogNormalFitter()), strict=True):
            fit = fitter.fit(value / scale, ~hidden)
            shift = -float(np.log(scale)) * int((~hidden).sum())
            first, second = (
                (fit.lambda_, fit.rho_) if family == "weibull" else (np.exp(fit.mu_), fit.sigma_)
            )
            print(
                f"{seed},{family},{scale * first:.9g},{second:.9g},{fit.log_likelihood_ + shift:.9g}"
            )


if __name__ == "__main__":
    main()

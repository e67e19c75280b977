"""Probabilities of small counts: negative binomial for articles per day, beta-binomial for shares.

Both allow for the variation that outlets show by themselves, so small numbers prove little.
"""

from __future__ import annotations

from math import exp, lgamma, log


def probability_at_most(count: int, expected: float, spread: float) -> float:
    """Return the probability of at most ``count`` events if ``expected`` are usual.

    ``spread`` is the variance divided by the mean, above 1: outlets vary more than a Poisson
    process (negative binomial).
    """
    size = expected / (spread - 1)
    failing, passing = log(1 - 1 / spread), log(1 / spread)
    terms = (
        lgamma(size + k) - lgamma(size) - lgamma(k + 1) + k * failing + size * passing
        for k in range(count + 1)
    )
    return min(1.0, sum(map(exp, terms)))


def probability_of_share(have: int, of: int, share: float, weight: float) -> float:
    """Return the probability that at most ``have`` of ``of`` have what usually ``share`` has.

    ``weight``: the number of articles from which ``share`` is known; the lower, the less certain,
    so ten articles that agree prove nothing (beta-binomial).
    """
    yes, no = share * weight, (1 - share) * weight
    whole = _log_beta(yes, no)
    terms = (_log_choose(of, k) + _log_beta(yes + k, no + of - k) - whole for k in range(have + 1))
    return min(1.0, sum(map(exp, terms)))


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)

"""How likely chance alone is to do what is seen; for small numbers, with what outlets vary by
themselves taken into account."""

from __future__ import annotations

from math import exp, lgamma, log


def at_most(count: int, expected: float, spread: float) -> float:
    """The chance of that count or a lower one where so many are expected.

    ``spread`` is variance by mean, above 1: outlets are less even than dice (negative binomial).
    """
    size = expected / (spread - 1)
    failing, passing = log(1 - 1 / spread), log(1 / spread)
    terms = (
        lgamma(size + k) - lgamma(size) - lgamma(k + 1) + k * failing + size * passing
        for k in range(count + 1)
    )
    return min(1.0, sum(map(exp, terms)))


def so_few(have: int, of: int, share: float, weight: float) -> float:
    """The chance that so few of so many have what usually that share has, or fewer.

    ``weight``: of how many articles the share is worth the knowledge; the fewer, the less is
    sure, so that ten articles of one kind are no proof of anything (beta-binomial).
    """
    yes, no = share * weight, (1 - share) * weight
    whole = _log_beta(yes, no)
    terms = (_log_choose(of, k) + _log_beta(yes + k, no + of - k) - whole for k in range(have + 1))
    return min(1.0, sum(map(exp, terms)))


def _log_beta(one: float, other: float) -> float:
    return lgamma(one) + lgamma(other) - lgamma(one + other)


def _log_choose(of: int, some: int) -> float:
    return lgamma(of + 1) - lgamma(some + 1) - lgamma(of - some + 1)

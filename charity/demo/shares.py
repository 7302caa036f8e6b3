"""Sums cut into parts that real people would give or get: every cut adds up to its total. Amounts are fen."""

import itertools
import random

YUAN = 100
SMALL = (10, 20, 30, 50, 66, 88, 100, 150, 200, 300, 365, 500, 666, 800, 1_000, 2_000)
SMALL_WEIGHTS = (5, 7, 4, 12, 3, 4, 20, 4, 14, 8, 2, 10, 2, 2, 6, 2)
RANKS = (50, 100, 200, 300, 500, 800, 1_000, 2_000)


def small(total: int, chance: random.Random) -> list[int]:
    """What many small givers give together, the last one the rest."""
    parts = []
    while total > 0:
        part = min(total, chance.choices(SMALL, SMALL_WEIGHTS)[0] * YUAN)
        parts.append(part)
        total -= part
    return parts


def round_parts(total: int, parts: int, low: int, high: int, step: int, chance: random.Random) -> list[int]:
    """So many parts between low and high, each a multiple of the step, whose sum is the total, in random order."""
    assert low * parts <= total <= high * parts, (total, parts)
    assert not any(amount % step for amount in (total, low, high)), step
    amounts = [low] * parts
    left = (total - low * parts) // step
    top = (high - low) // step
    for n in range(parts):
        others = top * (parts - n - 1)
        mean = left / (parts - n)
        more = max(left - others, min(left, top, round(chance.expovariate(1 / mean)) if mean else 0))
        amounts[n] += more * step
        left -= more
    chance.shuffle(amounts)
    return amounts


def by_rank(total: int, givers: int, chance: random.Random) -> list[int]:
    """What the staff of a unit give: free sums by rank, one giver the odd rest, together the unit's total."""
    mean = total / givers
    ranks = [rank * YUAN for rank in RANKS]
    around = [rank for rank in ranks if mean / 5 <= rank <= mean * 5]
    weights = [min(rank / mean, mean / rank) ** 1.2 for rank in around]
    amounts = chance.choices(around, weights, k=givers)
    left = total - sum(amounts)
    while left < 0:
        n = chance.randrange(givers)
        lower = [rank for rank in ranks if rank < amounts[n]]
        if lower:
            left += amounts[n] - lower[-1]
            amounts[n] = lower[-1]
    higher = dict(itertools.pairwise(ranks))
    while fitting := [n for n, amount in enumerate(amounts) if 0 < higher.get(amount, 0) - amount <= left]:
        n = chance.choice(fitting)
        left -= higher[amounts[n]] - amounts[n]
        amounts[n] = higher[amounts[n]]
    amounts[amounts.index(max(amounts))] += left
    return amounts

"""Who gets which arm: at random, in balance, and the same however often it is asked.

The coin is a hash, so nobody can toss it again. Leads arrive one after the other and are kept in balance within
their stratum by Efron's biased coin (B. Efron, Forcing a sequential experiment to be balanced, Biometrika 58, 1971,
403–417): the arm that is behind gets two chances of three, so that the next arm can never be foretold. People are
drawn as a whole, half of each stratum.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping

BASELINE, CANDIDATE = "baseline", "candidate"
#: Efron's own choice of the chance of the arm that is behind.
BIAS = 2 / 3


def new_salt() -> str:
    """What makes the coins of a pilot its own."""
    return secrets.token_hex(16)


def coin(salt: str, key) -> float:
    """A number in [0, 1) that is the same for the same pilot and key, and tells nothing about any other."""
    digest = hashlib.sha256(f"{salt}:{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def choose_arm(salt: str, key, baseline: int, candidate: int) -> str:
    """The arm of the next one in a stratum.

    :param baseline, candidate: how many of the stratum have each arm already
    """
    chance = 0.5 if baseline == candidate else BIAS if candidate < baseline else 1 - BIAS
    return CANDIDATE if coin(salt, key) < chance else BASELINE


def assign(salt: str, keys: Iterable[tuple], counts: dict) -> dict:
    """Arms of several, in their order; ``counts`` goes on with what it holds and is brought up to date.

    :param keys: (key, stratum) of each
    :param counts: {stratum: [with the baseline, with the candidate]}
    :return: {key: arm}
    """
    arms = {}
    for key, stratum in keys:
        tally = counts.setdefault(stratum, [0, 0])
        arms[key] = choose_arm(salt, key, *tally)
        tally[arms[key] == CANDIDATE] += 1
    return arms


def draw_clusters(salt: str, strata: Mapping[str, Iterable[int]]) -> dict[int, str]:
    """Half of each stratum gets the candidate; of an odd number a toss decides, against the strata before.

    :param strata: {stratum: ids of the people or teams in it}
    """
    arms, ahead = {}, 0
    for stratum in sorted(strata):
        members = sorted(strata[stratum], key=lambda member: coin(salt, f"member:{member}"))
        half, odd = divmod(len(members), 2)
        if odd:
            extra = coin(salt, f"odd:{stratum}") < 0.5 if not ahead else ahead < 0
            half += extra
            ahead += 1 if extra else -1
        arms.update({member: CANDIDATE if place < half else BASELINE for place, member in enumerate(members)})
    return arms

"""Slips of goods through the API: intakes and issues a second at 8 connections, each kept with an fsync.

An intake is a delivery of three valued lines with a receipt; an issue is one piece that the system picks, against a
card with points: about 600 cards of the demo take turns. Every answer must be 201; the slips are counted before and
after, and `charity verify` must be clean, or there is no figure.
"""

import json
import secrets
from pathlib import Path
from typing import Final

from bench import servers
from bench.gifts import Figures, wrk

CONNECTIONS: Final = 8
ROUNDS: Final = 3
SECONDS: Final = 5
WARM_S: Final = 2
STORE: Final = "LX01"
SALT: Final = "2002000900005"
POINTS: Final = 3
"""Of one bag of salt: the cheapest of the catalogue, so that the points of the cards last."""
PIECES: Final = 200_000


def _stocked(base: str, token: str) -> None:
    """One delivery of salt that no round empties."""
    line = {"barcode": SALT, "quantity": PIECES, "evidence": "invoice", "unit_value_fen": 250}
    body = {"store": STORE, "source": "gift", "donor": {"kind": "anonymous"}, "lines": [line]}
    status, answer = servers.post(base, token, "/api/v1/goods/intakes", body)
    assert status == 201, answer


def _cards(at: servers.House) -> Path:
    """A file with the codes of the cards that can pay, each as often as its points last, in turns."""
    listed = json.loads(at.run("cards", "list", "--format", "json", "--limit", "100000"))
    rounds = max(card["points"] // POINTS for card in listed)
    turns = [c["code"] for n in range(rounds) for c in listed if c["points"] // POINTS > n]
    path = at.folder / "cards.txt"
    path.write_text("\n".join(turns), encoding="ascii")
    return path


def on_sqlite() -> Figures:
    """Intakes and issues in turns on SQLite with synchronous=FULL."""
    with servers.house() as at:
        at.run("migrate")
        at.run("demo", "--as-of", servers.today())
        token, cards = at.token("clerk"), _cards(at)
        taken: list[dict[str, float]] = []
        issued: list[dict[str, float]] = []
        with servers.serving(at) as (base, _):
            _stocked(base, token)
            wrk("intakes.lua", base, WARM_S, token, "warm" + secrets.token_hex(4), connections=CONNECTIONS)
            before = servers.entries(at)
            for n in range(ROUNDS):
                words = (token, secrets.token_hex(4))
                taken.append(wrk("intakes.lua", base, SECONDS, *words, connections=CONNECTIONS))
                issued.append(
                    wrk("issues.lua", base, SECONDS, *words, str(cards), str(n), str(ROUNDS), connections=CONNECTIONS)
                )
            stored = servers.entries(at) - before
        answered = sum(one["requests"] for one in [*taken, *issued])
        assert not any(one["errors"] for one in [*taken, *issued]), (taken, issued)
        assert answered <= stored <= answered + 2 * CONNECTIONS * ROUNDS, (answered, stored)
        at.run("verify")
    return {
        "intakes_per_s": (_rate(taken), "1/s"),
        "intake_p95_ms": (max(one["p95_ms"] for one in taken), "ms"),
        "issues_per_s": (_rate(issued), "1/s"),
        "issue_p95_ms": (max(one["p95_ms"] for one in issued), "ms"),
    }


def _rate(rounds: list[dict[str, float]]) -> float:
    return round(sum(one["requests"] for one in rounds) / sum(one["seconds"] for one in rounds), 1)

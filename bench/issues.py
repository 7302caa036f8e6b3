"""64 parallel issues of the last 10 pieces through the API: exactly 10 succeed."""

import json
from concurrent.futures import ThreadPoolExecutor

from bench import servers

CLIENTS = 64
PIECES = 10
RICE = "2001000100002"


def last_ten() -> dict[str, tuple[float, str]]:
    """Take ten bags in, let 64 cards ask for one each at once."""
    with servers.house() as at:
        at.run("migrate")
        at.run("demo")
        token = at.token("clerk")
        cards = [c["code"] for c in json.loads(at.run("cards", "list", "--format", "json", "--limit", "600"))]
        with servers.serving(at) as (base, _):
            line = {
                "barcode": RICE,
                "quantity": PIECES,
                "expires_on": "2099-01-01",
                "unit_value_fen": 2650,
                "expires_checked": True,
            }
            body = {
                "store": "LX14",
                "source": "gift",
                "donor": {"kind": "anonymous"},
                "lines": [{**line, "evidence": "invoice"}],
            }
            status, taken = servers.post(base, token, "/api/v1/goods/intakes", body)
            assert status == 201, taken
            lot = taken["lots"][0]["code"]

            def issue(card: str) -> int:
                asked = {"store": "LX14", "card": card, "lines": [{"lot": lot, "quantity": 1}]}
                return servers.post(base, token, "/api/v1/goods/issues", asked)[0]

            rich = cards[:CLIENTS]
            with ThreadPoolExecutor(CLIENTS) as pool:
                answers = list(pool.map(issue, rich))
        done = answers.count(201)
        at.run("verify")
    return {"issues_of_the_last_ten_that_succeed": (done, "issues")}

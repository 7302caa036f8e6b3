"""What must not happen when something breaks: a caller hangs up, the server is killed, commands run beside it."""

import asyncio
import json
import re
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from browsing import PATIENCE_S, Served, build
from goods.given import in_days

from charity import clock
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.people import households

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

CLIENTS = 16
TURN = 200
GIFTS = "/api/v1/donations"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("town-faults")
    return folder, build(f"sqlite://{folder / 'charity.db'}", folder)


@pytest.fixture
def served(built: tuple[Path, dict[str, Any]], tmp_path: Path) -> Iterator[Served]:
    """A server on a copy of the town."""
    for file in [*built[0].glob("charity.db*"), built[0] / "head.json"]:
        shutil.copy(file, tmp_path)
    served = Served(f"sqlite://{tmp_path / 'charity.db'}", tmp_path, built[1])
    served.begin()
    try:
        yield served
    finally:
        served.end()


def gift(amount_fen: Any = 100) -> dict[str, Any]:
    day = clock.today().isoformat()
    donor = {"kind": "person", "name": "林小溪"}
    return {"campaign": "everyday", "amount_fen": amount_fen, "received_on": day, "channel": "cash", "donor": donor}


async def gifts_of(served: Served, campaign: str = "everyday") -> int:
    async with served.client() as client:
        return int((await client.get(f"/api/v1/campaigns/{campaign}")).json()["gifts"])


def verified(served: Served) -> None:
    checked = served.run("verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr


# -- a caller hangs up --------------------------------------------------------------------------------

MOMENTS = {
    # where the bytes end, and whether the request was whole
    "before anything": (lambda _head, _body: b"", False),
    "in the first line": (lambda head, _body: head[:9], False),
    "after the headers": (lambda head, _body: head, False),
    "in the body": (lambda head, body: head + body[: len(body) // 2], False),
    "one byte before the end": (lambda head, body: head + body[:-1], False),
    "before reading the answer": (lambda head, body: head + body, True),
}


def hang_up(served: Served, sent: bytes, *, rudely: bool, linger_s: float = 0) -> None:
    """Send and go away: politely (FIN) or rudely (RST)."""
    caller = socket.create_connection(("127.0.0.1", served.port), timeout=30)
    try:
        if rudely:
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if sent:
            caller.sendall(sent)
        time.sleep(linger_s)
    finally:
        caller.close()


async def test_a_caller_who_hangs_up_at_any_moment_has_given_once_or_not_at_all(served: Served) -> None:
    before = await gifts_of(served)
    keys: dict[str, bool] = {}
    body = json.dumps(gift()).encode()
    for cut, whole in MOMENTS.values():
        for rudely in (False, True):
            # At once, and while the server may be anywhere between reading, writing and answering.
            for linger_s in (0, 0.002, 0.02):
                key = uuid.uuid4().hex
                keys[key] = whole
                head = (
                    f"POST {GIFTS} HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nAuthorization: Bearer token-cashier\r\n"
                    f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nIdempotency-Key: {key}\r\n\r\n"
                ).encode()
                sent = cut(head, body)
                await asyncio.to_thread(hang_up, served, sent, rudely=rudely, linger_s=linger_s)
    async with served.client("cashier") as client:
        for key, whole in keys.items():
            answer = await client.post(GIFTS, json=gift(), headers={"Idempotency-Key": key})
            assert answer.status_code == 201, answer.text
            # What was never sent whole was not done; what was sent whole was done at most once.
            assert whole or "idempotent-replayed" not in answer.headers
            again = await client.post(GIFTS, json=gift(), headers={"Idempotency-Key": key})
            assert again.json() == answer.json()
    assert await gifts_of(served) == before + len(keys)
    verified(served)


async def test_a_reader_who_hangs_up_in_the_middle_of_a_page_harms_nobody(served: Served) -> None:
    for path in (
        "/",
        "/campaigns/everyday",
        f"/r/{served.facts['receipt']}.pdf",
        "/static/vendor/fonts/NotoSansSC-Regular.ttf",
    ):
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
        for linger_s in (0, 0.01, 0.1):
            await asyncio.to_thread(hang_up, served, request, rudely=True, linger_s=linger_s)
    async with served.client() as client:
        for path in ("/", "/healthz", "/readyz"):
            assert (await client.get(path)).status_code == 200


# -- the server is killed -----------------------------------------------------------------------------


@dataclass
class Load:
    """Clients that give and give, each gift with a key of its own."""

    served: Served
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    over: bool = False

    async def give(self) -> None:
        async with self.served.client("cashier") as client:
            while not self.over:
                key = uuid.uuid4().hex
                body = gift(1 + len(self.asked))
                self.asked[key] = body
                try:
                    answer = await client.post(GIFTS, json=body, headers={"Idempotency-Key": key})
                except httpx2.TransportError:
                    return  # the server is gone
                if answer.status_code == 201:
                    self.acknowledged[key] = answer.json()
                else:
                    self.refused.append(answer.text)

    async def again(self, client: httpx2.AsyncClient, key: str) -> httpx2.Response:
        return await client.post(GIFTS, json=self.asked[key], headers={"Idempotency-Key": key})

    def begin(self) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(self.give()) for _ in range(CLIENTS)]

    async def until(self, count: int) -> None:
        """Wait until so many were acknowledged."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.acknowledged) < count:  # noqa: ASYNC110 - the clients share no event with us
                await asyncio.sleep(0.01)


async def test_every_acknowledged_gift_is_there_once_after_kill_9_under_load(served: Served) -> None:
    before = await gifts_of(served)
    load = Load(served)
    for turn in (1, 2):
        workers = load.begin()
        await load.until(turn * TURN)
        await asyncio.to_thread(served.kill)
        await asyncio.gather(*workers)
        await asyncio.to_thread(served.begin)
    assert load.refused == []
    asked = list(load.asked)
    async with served.client("cashier") as client:
        for start in range(0, len(asked), CLIENTS):
            keys = asked[start : start + CLIENTS]
            for key, answer in zip(keys, await asyncio.gather(*(load.again(client, k) for k in keys)), strict=True):
                assert answer.status_code == 201, answer.text
                if key in load.acknowledged:
                    assert answer.headers.get("idempotent-replayed") == "true", "an acknowledged gift was lost"
                    assert answer.json() == load.acknowledged[key]
    assert len(load.acknowledged) >= 2 * TURN
    assert await gifts_of(served) == before + len(load.asked)
    verified(served)


# -- a WAL that is taken away, and a clean stop -------------------------------------------------------


async def test_acknowledged_gifts_that_are_gone_are_said_and_nothing_is_booked_over_them(served: Served) -> None:
    """Somebody deletes `charity.db-wal` after a crash: verify called the rest whole (O3)."""
    load = Load(served)
    workers = load.begin()
    await load.until(TURN)
    async with asyncio.timeout(PATIENCE_S):
        while _head_seq(served) < TURN:  # noqa: ASYNC110 - the file has no event
            await asyncio.sleep(0.05)
    await asyncio.to_thread(served.kill)
    await asyncio.gather(*workers)
    (served.folder / "charity.db-wal").unlink()
    (served.folder / "charity.db-shm").unlink(missing_ok=True)
    checked = served.run("verify")
    assert checked.returncode == 1
    assert "HEAD 缺 " in checked.stdout
    assert "HEAD" not in served.run("check").stdout
    assert "最近的分录：缺 " in served.run("check").stdout
    before = (served.folder / "head.json").read_bytes()
    await asyncio.to_thread(served.begin, "/healthz")
    async with served.client("cashier") as client:
        for path in ("/", "/campaigns/everyday", "/healthz"):
            assert (await client.get(path)).status_code == 200, path
        ready = await client.get("/readyz")
        assert (ready.status_code, sorted(ready.json()["problems"])) == (503, ["head", "writer"])
        answer = await client.post(GIFTS, json=gift(), headers={"Idempotency-Key": uuid.uuid4().hex})
        assert answer.status_code == 503
    await asyncio.to_thread(served.end)
    assert (served.folder / "head.json").read_bytes() == before
    assert served.run("head", "--renew").returncode == 0
    await asyncio.to_thread(served.begin)
    async with served.client("cashier") as client:
        answer = await client.post(GIFTS, json=gift(), headers={"Idempotency-Key": uuid.uuid4().hex})
        assert answer.status_code == 201
    verified(served)


def _head_seq(served: Served) -> int:
    """What head.json names."""
    try:
        return int(json.loads((served.folder / "head.json").read_text())["seq"])
    except FileNotFoundError:
        return 0


async def test_after_a_clean_stop_under_load_the_database_file_alone_has_everything(served: Served) -> None:
    """3 of 8 times it lacked acknowledged gifts (O2)."""
    for turn in (1, 2, 3):
        load = Load(served)
        workers = load.begin()
        await load.until(50)
        served.processes[0].send_signal(signal.SIGTERM)
        await asyncio.gather(*workers)
        await asyncio.to_thread(served.wait)
        assert [p.name for p in served.folder.glob("charity.db*")] == ["charity.db"], turn
        alone = sqlite3.connect(f"file:{served.folder / 'charity.db'}?immutable=1", uri=True)
        with closing(alone):
            keys = {key for (key,) in alone.execute("SELECT key FROM idem")}
        assert load.acknowledged.keys() <= keys
        await asyncio.to_thread(served.begin)
    verified(served)


# -- commands beside the server -----------------------------------------------------------------------


async def test_the_commands_run_beside_a_server_under_load(served: Served) -> None:
    load = Load(served)
    workers = load.begin()
    await load.until(50)
    today = clock.today().isoformat()
    register = served.folder / "donations.csv"
    words = (
        ("token", "create", "--role", "accountant", "--account", "machine"),
        ("verify",),
        ("verify",),
        ("export", "donations", "--format", "csv", "--from", today, "--to", today, "-o", str(register)),
        ("migrate",),
        ("migrate",),
        ("migrate",),
        ("migrate",),
        ("cards", "list", "--format", "json"),
    )
    done = [await asyncio.to_thread(served.run, *words[0])]
    done += await asyncio.gather(*(asyncio.to_thread(served.run, *each) for each in words[1:]))
    for command, each in zip(words, done, strict=True):
        assert each.returncode == 0, (command, each.stdout, each.stderr)
    second = await asyncio.to_thread(served.run, "serve", "--port", "1")
    assert second.returncode == 1
    assert "已有一个服务在运行" in second.stderr
    await _a_worker_beside(served)
    load.over = True
    await asyncio.gather(*workers)
    assert load.refused == []
    assert len(load.acknowledged) == len(load.asked)
    assert len(register.read_text(encoding="utf-8-sig").splitlines()) > 50
    async with served.client() as client:
        token = done[0].stdout.strip()
        answer = await client.get("/api/v1/ledger/balances", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
    verified(served)


async def _a_worker_beside(served: Served) -> None:
    """`charity work` beside the server's own worker: an export is made once, by either."""
    worker = served.popen("work", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        day = in_days(0).isoformat()
        order = {"report": "donations", "format": "csv", "from": day, "to": day, "filters": {}}
        export = await served.post("accountant", "/exports", order, uuid.uuid4().hex)
        async with served.client("accountant") as client, asyncio.timeout(PATIENCE_S):
            while True:
                status = (await client.get(f"/api/v1/exports/{export['id']}")).json()
                if status["status"] not in {"queued", "running"}:
                    break
                await asyncio.sleep(0.2)
        assert status["status"] == "done", status
        assert worker.poll() is None
    finally:
        with suppress(ProcessLookupError):
            worker.send_signal(signal.SIGTERM)
        await asyncio.to_thread(worker.wait, PATIENCE_S)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_worker_ends_in_order_also_where_a_shell_made_it_ignore_the_signal(
    served: Served, number: signal.Signals
) -> None:
    before = signal.signal(number, signal.SIG_IGN)  # `charity work &` in a script inherits this
    try:
        worker = served.popen("work", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    finally:
        signal.signal(number, before)
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not _catches(worker.pid, number):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.1)
        worker.send_signal(number)
        printed, _ = await asyncio.to_thread(worker.communicate, timeout=PATIENCE_S)
        assert (worker.returncode, printed.decode()) == (0, "已停止\n")
    finally:
        if worker.poll() is None:
            worker.kill()
            await asyncio.to_thread(worker.wait)


def _catches(pid: int, number: signal.Signals) -> bool:
    """Whether a process handles the signal itself."""
    caught = re.search(r"SigCgt:\s*([0-9a-f]+)", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    assert caught is not None
    return bool(int(caught[1], 16) >> (number - 1) & 1)


# -- amounts that are none ----------------------------------------------------------------------------

JSON_AMOUNTS = [
    "0",
    "-1",
    "1.5",
    "1e30",
    '"１００"',
    '"100"',
    "NaN",
    "Infinity",
    "null",
    "true",
    "[]",
    "10000000000001",
]
TYPED_AMOUNTS = ["0", "-1", "1.005", "1e30", "NaN", "", "一百", "0x10", "99999999999999", "1 000", "=1+1"]


async def written(web: Any) -> tuple[int, int]:
    campaign = await web.as_().get("/api/v1/campaigns/everyday")
    entries = await web.as_("auditor").get("/api/v1/ledger/entries?limit=1000")
    return int(campaign.json()["gifts"]), len(entries.json()["items"])


async def test_an_amount_that_is_none_is_a_field_error_of_the_api(house, web):
    before = await written(web)
    cashier = web.as_("cashier")
    status = {"campaign": "everyday", "amount_fen": "AMOUNT", "channel": "bank", "donor": {"kind": "anonymous"}}
    promise = status | {"public_name": False, "public_amount": True}
    for amount in JSON_AMOUNTS:
        for path, body in ((GIFTS, gift("AMOUNT")), ("/api/v1/pledges", promise)):
            headers = {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
            sent = json.dumps(body).replace('"AMOUNT"', amount)
            answer = await cashier.post(path, content=sent.encode(), headers=headers)
            assert answer.status_code == 422, (amount, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
            assert [e["field"] for e in answer.json()["errors"]] == ["amount_fen"], amount
    assert await written(web) == before


async def test_an_amount_that_is_none_comes_back_in_the_form(house, web):
    visitor = web.as_()
    for amount in TYPED_AMOUNTS:
        page = await visitor.get("/campaigns/everyday/give")
        hidden = {name: _hidden(page.text, name) for name in ("csrf", "idem")}
        form = {"amount_yuan": amount, "kind": "anonymous", "channel": "bank"}
        answer = await visitor.post("/campaigns/everyday/give", data=hidden | form)
        assert answer.status_code == 422, (amount, answer.headers)
        assert 'href="#f-amount' in answer.text, amount
        assert f'value="{amount}"' in answer.text, amount
    campaign = (await web.as_("cashier").get("/api/v1/campaigns/everyday")).json()
    assert (campaign["gifts"], campaign["received_fen"]) == (0, 0)


def _hidden(text: str, name: str) -> str:
    return text.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]


async def test_a_snapshot_does_not_see_what_is_committed_meanwhile(house: Any) -> None:
    begun, written_on = asyncio.Event(), asyncio.Event()

    async def work(tx: Tx) -> None:
        await households.add(tx, [households.NewHousehold("HH0009", "赵大伯", "999901002", "DIBAO", 1, "LX01")])

    async def write() -> None:
        await begun.wait()
        await transactions.run(work)
        written_on.set()

    count = "SELECT COUNT(*) FROM household"
    writing = asyncio.create_task(write())
    async with reading.snapshot():
        before = await reading.value(count)
        begun.set()
        await written_on.wait()
        assert await reading.value(count) == before
    assert await reading.value(count) == before + 1
    await writing

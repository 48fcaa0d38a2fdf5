"""PostgreSQL or Prefect's server is away for a while: it is told, nothing is lost, and everything recovers by itself.

The parts are started one by one here, since `up` would start what was stopped again within a second.
"""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from playwright.async_api import Browser, Page, expect

from flows import prefect_server
from models.embedded import Cluster
from tests.e2e.conftest import Product, free_port, sign_in

DATABASE, PREFECT = "Basis data tidak menjawab", "server Prefect tidak menjawab"


@dataclass
class Stack(Product):
    """Database, Prefect's server, a worker and a web process, each under the test's hand."""

    cluster: Cluster
    worker: subprocess.Popen[bytes]
    prefect: subprocess.Popen[bytes]
    prefect_port: int

    def start_prefect(self) -> None:
        """Start Prefect's server and wait until it answers."""
        env = self.env | prefect_server.server_environment(self.data_dir, self.prefect_port, self.cluster.url("prefect"))
        self.prefect = run(prefect_server.command(self.prefect_port), env, self.data_dir / "prefect.log")
        prefect_server.wait(self.prefect_port)

    def kill_prefect(self) -> None:
        """kill -9."""
        self.prefect.kill()
        self.prefect.wait()

    def api(self) -> httpx.Client:
        """A client with a fresh token of a programme manager."""
        headers = {"Authorization": f"Bearer {self.token('programme_manager')}"}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=30)

    def public(self, method: str, path: str) -> httpx.Response:
        """What somebody gets who is not signed in."""
        return httpx.request(method, self.url + path, timeout=30)

    def kill_database(self) -> None:
        """kill -9 of the server; its processes notice and go."""
        pid = int((self.cluster.place / "postmaster.pid").read_text().split()[0])
        family = [psutil.Process(pid), *psutil.Process(pid).children()]
        os.kill(pid, signal.SIGKILL)
        psutil.wait_procs(family, timeout=10)


def run(command: list[str], env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a process that writes to a log."""
    with log.open("ab") as output:
        return subprocess.Popen(command, env=env, stdout=output, stderr=output, start_new_session=True)


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A small invented programme on parts that the tests may stop."""
    folder = Path(tempfile.mkdtemp(prefix="lko"))
    cluster, langkah, port, prefect_port = Cluster(folder / "d"), [sys.executable, "-m", "ui.cli"], free_port(), free_port()
    cluster.start()
    for name in ("langkah", "prefect"):
        cluster.create_database(name)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LANGKAH_", "PREFECT_"))}
    env |= {"LANGKAH_DATABASE_URL": cluster.url(), "LANGKAH_DATA_DIR": str(cluster.data_dir), "LANGKAH_PORT": str(port)}
    env |= {"LANGKAH_DEMO": "true", "LANGKAH_SECRET_KEY": "a secret for the outage, thirty-two and more"}
    env |= prefect_server.environment(cluster.data_dir, prefect_port)
    nobody = subprocess.Popen(["true"])
    parts = Stack(f"http://127.0.0.1:{port}", cluster.data_dir, env, nobody, cluster, nobody, nobody, prefect_port)
    try:
        parts.start_prefect()
        for words in (["demo", "--registrants", "400"], ["deploy"]):
            subprocess.run([*langkah, *words], env=env, check=True, capture_output=True)
        parts.process = run([*langkah, "serve"], env, folder / "web.log")
        parts.worker = run([*langkah, "work"], env, folder / "worker.log")
        wait_for(lambda: httpx.get(f"{parts.url}/health/ready").status_code == 200)
        yield parts
        assert (parts.process.poll(), parts.worker.poll()) == (None, None), "a process ended during an outage"
    finally:
        for process in (parts.worker, parts.process, parts.prefect):
            process.terminate()
            process.wait(20)
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(true, seconds: float = 60) -> float:
    """Wait until something is true; returns how many seconds that took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            if true():
                return time.monotonic() - began
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    raise AssertionError(f"not within {seconds} s")


@pytest.fixture
async def desk(browser: Browser, stack: Stack) -> AsyncIterator[Page]:
    """A manager's page."""
    context = await browser.new_context(base_url=stack.url, viewport={"width": 1440, "height": 900}, locale="id-ID")
    opened = await context.new_page()
    await sign_in(opened, "manajer")
    yield opened
    await context.close()


async def picture(page: Page, name: str) -> None:
    """Keep what is seen, on a desk and on a phone, in the folder that TEST_PICTURES names."""
    if folder := os.environ.get("TEST_PICTURES"):
        for width, height in ((390, 844), (1440, 900)):
            await page.set_viewport_size({"width": width, "height": height})
            await page.screenshot(path=f"{folder}/{name}-{width}.png")


async def test_postgresql_is_away_for_a_while_and_what_was_typed_is_saved_afterwards(stack, desk):
    await desk.goto("/staff/queues/p2")
    await desk.get_by_role("button", name="Ambil tugas berikutnya").click()
    panel = desk.locator("aside.panel")
    field, present = panel.locator("#f-sessions_attended"), panel.get_by_role("button", name="Hadir", exact=False).first
    await field.fill("2")
    with stack.api() as api:
        stack.kill_database()
        await expect(desk.get_by_role("status").filter(has_text=DATABASE)).to_be_visible(timeout=10_000)
        person = await panel.locator("h2").first.inner_text()
        await present.click()
        await expect(field).to_have_value("2")
        await picture(desk, "database")
        answer = api.get("/tasks")
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert (stack.public("GET", "/health/ready").status_code, stack.public("GET", "/health/live").status_code) == (503, 200)
        signing_in = stack.public("POST", "/login")
        assert (signing_in.status_code, signing_in.headers["retry-after"]) == (503, "5")
        assert "Kembali ke halaman sebelumnya" in signing_in.text
        other = await desk.context.new_page()
        assert (await other.goto("/staff/cases")).status == 503
        await expect(other.get_by_role("heading", level=1)).to_have_text("Sebentar, ya")
        await picture(other, "page")
        await asyncio.sleep(15)
        stack.cluster.start()
        await expect(desk.get_by_text(DATABASE)).to_have_count(0, timeout=10_000)
        await expect(other.get_by_role("heading", level=1)).to_have_text("Berkas")
        await present.click()
        await expect(desk.get_by_text(f"Selesai: {person}")).to_be_visible()
        moved(api, registered(api, 1))


async def test_prefect_is_away_and_its_steps_wait_and_are_done_when_it_is_back(stack, desk):
    await desk.goto("/staff/runs")
    await expect(desk.locator("tbody tr").first).to_be_visible()
    with stack.api() as api:
        stack.kill_prefect()
        banner = desk.get_by_role("status").filter(has_text=PREFECT)
        await expect(banner).to_be_visible(timeout=10_000)
        await expect(desk.get_by_text("belum dapat ditampilkan")).to_be_visible()
        await expect(desk.get_by_text(re.compile("^Pekerja: "))).to_be_visible()
        number = registered(api, 2)
        await asyncio.sleep(8)
        assert {p["kind"] for p in api.get(f"/cases/{number}").json()["positions"]} == {"action"}
        await desk.reload()
        await expect(desk.get_by_text(re.compile("[1-9][0-9]* langkah otomatis menunggu"))).to_be_visible()
        await picture(desk, "runs")
        await desk.goto("/staff/tasks/unassigned")
        await desk.locator("tr.pick").first.click()
        panel = desk.locator("aside.panel")
        await panel.get_by_role("button", name=re.compile("^Ambil")).click()
        await expect(panel.get_by_role("button", name="Kembalikan ke antrean")).to_be_visible()
        await desk.goto("/staff/runs")
        stack.start_prefect()
        await expect(desk.get_by_text(PREFECT)).to_have_count(0, timeout=15_000)
        await expect(desk.locator("tbody tr").first).to_be_visible()
        moved(api, number)
        await desk.get_by_role("button", name="Segarkan").click()
        await expect(desk.get_by_role("link", name=re.compile(r"^p1\.")).first).to_be_visible()
    checked = stack.cli("verify")
    assert checked.returncode == 0, checked.stdout


def registered(api: httpx.Client, n: int) -> str:
    """The number of a new case."""
    body = {"nik": f"31710245018100{n:02d}", "name": f"Uji Padam {n}", "district": "Sawah Besar", "phone": f"0812110000{n:02d}"}
    answer = api.post("/registrations", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_number"])


def moved(api: httpx.Client, number: str) -> None:
    """The worker takes a case on, however long it had backed off."""
    wait_for(lambda: all(p["kind"] != "action" for p in api.get(f"/cases/{number}").json()["positions"]))

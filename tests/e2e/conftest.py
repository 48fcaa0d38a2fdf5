"""The whole product, started as its user starts it, with a small invented programme; a real browser before it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@dataclass
class Product:
    """A running product."""

    url: str
    data_dir: Path
    env: dict[str, str]
    process: subprocess.Popen[bytes]

    def cli(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command beside the running product."""
        command = [sys.executable, "-m", "ui.cli", *words]
        return subprocess.run(command, env=self.env, input=stdin, capture_output=True, text=True, check=False, timeout=120)

    def token(self, role: str) -> str:
        """A fresh token."""
        return str(json.loads(self.cli("tokens", "add", f"test {role}", "--role", role, "--json").stdout)["token"])


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start `langkah up --demo` and wait until it is ready."""
    with log.open("ab") as output:
        command = [sys.executable, "-m", "ui.cli", "up", "--demo"]
        process = subprocess.Popen(command, env=env, stdout=output, stderr=output, start_new_session=True)
    for _ in range(600):
        assert process.poll() is None, log.read_text()[-3000:]
        if b"Ctrl-C stops everything" in log.read_bytes():
            return process
        time.sleep(0.2)
    raise AssertionError(log.read_text()[-3000:])


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ctrl-C."""
    process.send_signal(signal.SIGINT)
    process.wait(40)


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """One product for all browser tests."""
    with tempfile.TemporaryDirectory(prefix="lke", ignore_cleanup_errors=True) as folder:
        data_dir, port = Path(folder) / "d", free_port()
        env = {k: v for k, v in os.environ.items() if not k.startswith(("LANGKAH_", "PREFECT_"))}
        env |= {"LANGKAH_DATA_DIR": str(data_dir), "LANGKAH_PORT": str(port)}
        built = subprocess.run([sys.executable, "-m", "ui.cli", "demo", "--registrants", "400"], env=env, capture_output=True, text=True)
        assert built.returncode == 0, built.stderr
        running = Product(f"http://127.0.0.1:{port}", data_dir, env, start(env, Path(folder) / "up.log"))
        yield running
        stop(running.process)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Headless Chromium of the system."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    # A page on a busy machine may take its time; what is measured is what people see, not how fast two cores are.
    expect.set_options(timeout=20_000)
    async with async_playwright() as tools:
        opened = await tools.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        await opened.close()


@pytest.fixture
async def page(browser: Browser, product: Product) -> AsyncIterator[Page]:
    """A fresh page of a person who is not signed in; any error of its scripts fails the test."""
    context = await browser.new_context(base_url=product.url, viewport={"width": 1440, "height": 900}, locale="id-ID")
    opened, errors = await context.new_page(), list[str]()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    await context.close()
    assert errors == []


async def sign_in(page: Page, who: str) -> None:
    """Sign in as one of the demo's people."""
    await page.goto("/login")
    await page.fill("#email", f"{who}@demo.langkah.test")
    await page.fill("#password", "langkah-demo")
    await page.click("main button.go")
    await page.wait_for_url("**/staff/**")


def ready(url: str) -> bool:
    """Whether the product says that it is ready."""
    with urllib.request.urlopen(f"{url}/health/ready", timeout=5) as answer:
        return bool(answer.status == 200)

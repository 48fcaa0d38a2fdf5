"""Starting, stopping and killing: one clear sentence when it cannot start, nothing lost when it is killed."""

import json
import signal
import socket
import subprocess
import sys
import time

import httpx
import psutil
import pytest

from models import schema
from models.errors import SettingsError
from tests.e2e.conftest import ready, start, stop


def child(product, word):
    """The child process of the product whose command line ends so."""
    for _ in range(100):
        for process in psutil.Process(product.process.pid).children():
            if process.status() != psutil.STATUS_ZOMBIE and process.cmdline()[-1] == word:
                return process
        time.sleep(0.2)
    raise AssertionError(f"no {word} among the children")


def people(first, count):
    """Registrations of invented people."""
    return [
        {
            "nik": f"3171024501{80 + n % 15}{first + n:04d}",
            "name": f"Uji Proses {n}",
            "district": "Sawah Besar",
            "phone": f"08121{first + n:07d}",
        }
        for n in range(count)
    ]


def test_killing_worker_and_web_in_the_middle_loses_no_case_and_moves_none_twice(product):
    token = product.token("programme_manager")
    numbers = []
    with httpx.Client(base_url=f"{product.url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=20) as api:
        for place, body in enumerate(people(1000, 40)):
            if place in (10, 25):
                child(product, "work").send_signal(signal.SIGKILL)
            if place == 32:
                child(product, "serve").send_signal(signal.SIGKILL)
            for _ in range(100):
                try:
                    answer = api.post("/registrations", json=body, headers={"Idempotency-Key": f"k{place}"})
                    break
                except httpx.TransportError:
                    time.sleep(0.3)
            assert answer.status_code == 201, answer.text
            numbers.append(answer.json()["case_number"])
        assert len(set(numbers)) == 40
        deadline = time.monotonic() + 90
        waiting = set(numbers)
        while waiting and time.monotonic() < deadline:
            cases = [api.get(f"/cases/{number}").json() for number in waiting]
            waiting = {c["number"] for c in cases if c["stage"] == "p1" and all(p["kind"] == "action" for p in c["positions"])}
            time.sleep(0.5)
        assert waiting == set()
        for number in numbers[:10]:
            told = [event["type"] for event in api.get(f"/cases/{number}/journal").json()["items"]]
            assert told.count("case_opened") == 1
            assert told.count("stage_finished") <= 1
    checked = product.cli("verify")
    assert checked.returncode == 0, checked.stdout
    assert ready(product.url)


def test_the_second_start_keeps_everything_and_ctrl_c_leaves_nothing_running(product, tmp_path):
    before = product.cli("verify").stdout
    children = psutil.Process(product.process.pid).children(recursive=True)
    stop(product.process)
    _, alive = psutil.wait_procs(children, timeout=10)
    product.process = start(product.env, tmp_path / "again.log")
    assert alive == []
    assert product.cli("verify").stdout == before


def test_killing_the_supervisor_ends_its_children_and_the_next_start_takes_over(product, tmp_path):
    before = product.cli("verify").stdout
    children = [p for p in psutil.Process(product.process.pid).children() if "ui.cli" in p.cmdline() or "prefect" in p.cmdline()]
    product.process.kill()
    product.process.wait()
    _, alive = psutil.wait_procs(children, timeout=20)
    product.process = start(product.env, tmp_path / "after.log")
    assert alive == []
    assert product.cli("verify").stdout == before


def test_a_port_in_use_is_one_sentence(product, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        env = product.env | {"LANGKAH_DATA_DIR": str(tmp_path / "d")}
        said = subprocess.run(
            [sys.executable, "-m", "ui.cli", "up", "--port", str(port)], env=env, capture_output=True, text=True, timeout=60
        )
    assert said.returncode == 1
    assert f"port {port}" in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1


def test_a_foreign_data_directory_is_one_sentence_and_stays_untouched(product, tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    env = product.env | {"LANGKAH_DATA_DIR": str(tmp_path), "LANGKAH_PORT": "18999"}
    said = subprocess.run([sys.executable, "-m", "ui.cli", "up"], env=env, capture_output=True, text=True, timeout=60)
    assert said.returncode == 1
    assert "not empty" in said.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_second_up_on_the_same_data_directory_is_refused(product):
    env = product.env | {"LANGKAH_PORT": "18998"}
    said = subprocess.run([sys.executable, "-m", "ui.cli", "up"], env=env, capture_output=True, text=True, timeout=60)
    assert said.returncode == 1
    assert "runs already" in said.stderr
    assert ready(product.url)


def test_a_database_that_is_newer_than_the_program_is_refused(cluster):
    cluster.sql('CREATE DATABASE "newer" TEMPLATE template STRATEGY FILE_COPY')
    cluster.sql("UPDATE alembic_version SET version_num = '9999'", "newer")
    with pytest.raises(SettingsError, match="newer than this program"):
        schema.upgrade(cluster.url("newer"))


def test_a_partner_of_the_demo_is_found_by_a_check_beside_it(product):
    checked = product.cli("partner", "check", "ptsp", "--json")
    assert (checked.returncode, json.loads(checked.stdout or "{}").get("partner")) == (0, "ptsp"), checked.stderr
    assert (product.data_dir / "partners.env").stat().st_mode & 0o777 == 0o600

"""Commands alone on a fresh machine: the database is started for as long as it is needed."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from urllib.parse import urlsplit

import psutil
import pytest

from tests.e2e.conftest import free_port

LIST = (
    "Nama;NIK;Kelurahan;Kecamatan;Tgl Lahir;HP\n"
    "Uji Perintah;3171014501800055;Gambir;Gambir;05/01/1980;081200000055\n"
    "Tanpa Nik;;Gambir;Gambir;;\n"
)


def alone(data_dir, **settings):
    """Run commands on a data directory with nothing of this machine's settings."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LANGKAH_", "PREFECT_"))}
    env |= {"LANGKAH_DATA_DIR": str(data_dir)} | settings

    def langkah(*words, stdin=""):
        command = [sys.executable, "-m", "ui.cli", *words]
        return subprocess.run(command, env=env, input=stdin, capture_output=True, text=True, timeout=120)

    return langkah, env


def refused(done, *words):
    """Exit 1 with one sentence that holds the words, and nothing on standard output."""
    assert (done.returncode, done.stdout) == (1, ""), done
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert all(word in done.stderr for word in words), done.stderr


def test_a_list_is_tried_imported_and_checked_without_anything_running(tmp_path):
    data_dir, file, report = tmp_path / "d", tmp_path / "daftar.csv", tmp_path / "hasil.json"
    file.write_text(LIST)
    langkah, _ = alone(data_dir)
    tried = langkah("import", str(file), "--dry-run", "--json")
    assert json.loads(tried.stdout)["summary"] == {"ok": 1, "warn": 0, "rejected": 1, "duplicate": 0}, tried.stderr
    assert json.loads(langkah("verify", "--json").stdout)["cases"] == 0
    done = langkah("import", str(file), "--report", str(report), "--json")
    number = json.loads(done.stdout)["rows"][0]["case_number"]
    assert (report.stat().st_mode & 0o777, json.loads(report.read_text())["dry_run"]) == (0o600, False)
    shown = json.loads(langkah("cases", "show", number, "--json").stdout)
    assert (shown["stage"], shown["status"]) == ("p2", "active"), "the machine's steps were done, nobody else was there to do them"
    assert langkah("verify").returncode == 0
    wrong = langkah("import", str(tmp_path / "nowhere.csv"))
    assert (wrong.returncode, len(wrong.stderr.strip().splitlines())) == (1, 1)
    assert not [p for p in psutil.process_iter(["cmdline"]) if str(data_dir) in " ".join(p.info["cmdline"] or [])]


def test_an_account_or_key_outside_the_programme_is_refused_naming_what_is_expected(cluster, database, tmp_path):
    langkah, _ = alone(tmp_path / "d", LANGKAH_DATABASE_URL=database, LANGKAH_SECRET_KEY="x" * 32)
    user = ("users", "add", "siti@example.id", "--name", "Siti", "--role", "stage_owner", "--password-stdin")
    refused(langkah("users", "add", "notmail", *user[3:], stdin="secret-word\n"), "notmail", "name@domain")
    refused(langkah(*user, "--stage", "P99", stdin="secret-word\n"), "P99", "P1, P2")
    refused(langkah(*user, "--district", "99.99", stdin="secret-word\n"), "99.99", "31.71 Jakarta Pusat")
    refused(langkah("tokens", "add", "lms", "--role", "partner", "--stage", "P99"), "P99", "P1, P2")
    refused(langkah("tokens", "add", "lms", "--role", "partner", "--district", "99.99"), "99.99", "31.71.01")
    refused(langkah("tokens", "add", "lms", "--role", "boss"), "boss", "programme_manager")
    both = ("--stage", "P2", "--stage", "p3", "--district", "31.71.01", "--json")
    assert json.loads(langkah(*user, *both, stdin="secret-word\n").stdout)["email"] == "siti@example.id"
    stored = cluster.sql("SELECT grants FROM user_account", urlsplit(database).path.strip("/"))
    assert json.loads(stored) == [{"role": "stage_owner", "areas": ["31.71.01"], "stages": ["p2", "p3"]}]
    refused(langkah("weekly", "--week", "2018-W03", "--format", "pdf", "--json"), "--out")
    refused(langkah("weekly", "--week", "2018-W03", "--json"), "2018-W03")
    refused(langkah("import", str(tmp_path), "--report", "/nowhere/x.json", "--json"), "there is no such file")
    refused(langkah("db", "backup", str(tmp_path / "no" / "x.dump")), "x.dump")
    refused(langkah("partner", "check", "lms"), "LANGKAH_PARTNER_LMS_URL")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://a:b@127.0.0.1:1/x", "cannot reach the database"),
        ("postgresql://a:b@127.0.0.1:port/x", "not an address"),
        ("mysql://a:b@127.0.0.1/x", "mysql:// is not supported"),
        ("postgresql://a:b@127.0.0.1:1/x?bogus=1", "cannot reach the database"),
    ],
)
def test_a_database_that_is_not_there_is_one_sentence(tmp_path, url, says):
    langkah, _ = alone(tmp_path / "d", LANGKAH_DATABASE_URL=url, LANGKAH_SECRET_KEY="x" * 32)
    refused(langkah("cases", "show", "OKO-2018-000001"), "LANGKAH_DATABASE_URL", says)


def test_a_wrong_password_or_name_is_one_sentence_for_every_command(cluster, tmp_path):
    wrong = cluster.url("no_such_database")
    langkah, _ = alone(tmp_path / "d", LANGKAH_DATABASE_URL=wrong, LANGKAH_SECRET_KEY="x" * 32)
    for command in (["verify"], ["db", "upgrade"], ["serve"], ["work"], ["partner", "check", "lms"], ["programme", "publish"], ["demo"]):
        refused(langkah(*command), "LANGKAH_DATABASE_URL", "no_such_database")
    password = (cluster.data_dir / "postgres.password").read_text()
    langkah, _ = alone(tmp_path / "d", LANGKAH_DATABASE_URL=cluster.url().replace(password, "wrong"), LANGKAH_SECRET_KEY="x" * 32)
    refused(langkah("verify"), "password authentication failed")


def test_a_sandbox_alone_makes_its_secret_and_is_found_by_a_check_beside_it(tmp_path):
    data_dir, port = tmp_path / "d", free_port()
    langkah, env = alone(data_dir)
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "sandbox", "--port", str(port)], env=env | {"PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE
    )
    try:
        for _ in range(100):
            try:
                assert urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2).status == 200
                break
            except OSError:
                time.sleep(0.1)
        assert (data_dir / "sandbox.secret").stat().st_mode & 0o777 == 0o600
        assert (data_dir / "partners.env").stat().st_mode & 0o777 == 0o600
        checked = langkah("partner", "check", "bank_dki", "--json")
        assert (checked.returncode, json.loads(checked.stdout)["partner"]) == (0, "bank_dki"), checked.stderr
    finally:
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=20)[0].decode()
    assert f"set -a; . {data_dir}/partners.env; set +a" in said
    assert not (data_dir / "partners.env").exists()
    assert "LANGKAH_SANDBOX_SECRET" in langkah("sandbox", "--help").stdout
    langkah, _ = alone(data_dir, LANGKAH_SANDBOX_SECRET="whsec_short")
    refused(langkah("sandbox", "--port", str(port)), "LANGKAH_SANDBOX_SECRET", "base64 of 24")


def test_help_imports_nothing_heavy():
    code = "import sys, ui.cli; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    names = set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())
    assert names & {"prefect", "nicegui", "fastapi", "sqlalchemy", "pydantic", "asyncpg", "alembic", "cel", "holidays"} == set()

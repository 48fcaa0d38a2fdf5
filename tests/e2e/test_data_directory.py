"""The data directory: begun whole or not at all, its secrets private, and its backups put back without losing anything."""

import os
import signal
import subprocess
import sys
import time

import pytest

from models import private_files
from models.embedded import NEW, Cluster
from models.errors import SettingsError
from tests.e2e.test_commands import LIST, alone, refused


@pytest.mark.parametrize("kill", [signal.SIGINT, signal.SIGKILL])
def test_a_first_start_that_is_broken_off_leaves_nothing_that_the_next_one_stumbles_over(tmp_path, kill):
    data_dir = tmp_path / "d"
    _, env = alone(data_dir)
    first = subprocess.Popen([sys.executable, "-m", "ui.cli", "db", "upgrade"], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    for _ in range(600):
        if any((made / "PG_VERSION").exists() for made in data_dir.glob(f"{NEW}*")):
            break
        time.sleep(0.02)
    # On a busy machine it may be done by now: then it is whole.
    os.kill(first.pid, kill)
    first.communicate(timeout=60)
    cluster = Cluster(data_dir)
    try:
        cluster.start()
        assert cluster.sql("SHOW listen_addresses") == ""
        assert cluster.sql("SHOW max_connections") == "200"
    finally:
        cluster.stop()


def test_a_backup_is_put_back_into_an_empty_database_and_over_a_full_one_only_when_that_is_said(tmp_path):
    file, first, second = tmp_path / "a.dump", tmp_path / "daftar.csv", tmp_path / "lain.csv"
    first.write_text(LIST)
    second.write_text(LIST.replace("0055", "0066").replace("Uji Perintah", "Uji Kedua"))
    langkah, _ = alone(tmp_path / "one", LANGKAH_SECRET_KEY="x" * 32)
    assert langkah("import", str(first)).returncode == 0
    assert langkah("db", "backup", str(file)).returncode == 0
    assert langkah("import", str(second)).returncode == 0
    refused(langkah("db", "restore", str(file)), "holds cases", "--replace")
    assert "2 cases" in langkah("verify").stdout
    broken = tmp_path / "half.dump"
    broken.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert langkah("db", "restore", str(broken), "--replace").returncode == 1
    assert "2 cases" in langkah("verify").stdout, "half a backup changes nothing"
    assert langkah("db", "restore", str(file), "--replace").returncode == 0
    assert "1 cases" in langkah("verify").stdout
    other, _ = alone(tmp_path / "two", LANGKAH_SECRET_KEY="x" * 32)
    assert other("db", "restore", str(file)).returncode == 0
    shown = other("verify")
    assert (shown.returncode, "1 cases" in shown.stdout) == (0, True)


def test_a_secret_is_made_once_however_many_ask_and_an_empty_file_is_no_secret(tmp_path):
    made = iter(["first", "second"])
    path = tmp_path / "a.key"
    assert [private_files.kept(path, lambda: next(made)) for _ in range(2)] == ["first", "first"]
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("")
    with pytest.raises(SettingsError, match="is empty"):
        private_files.kept(path, lambda: "another")
    assert [found.name for found in tmp_path.iterdir()] == ["a.key"]

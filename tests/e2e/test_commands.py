"""Commands alone on a fresh machine: the database is started for as long as it is needed."""

import json
import os
import subprocess
import sys

import psutil

LIST = (
    "Nama;NIK;Kelurahan;Kecamatan;Tgl Lahir;HP\n"
    "Uji Perintah;3171014501800055;Gambir;Gambir;05/01/1980;081200000055\n"
    "Tanpa Nik;;Gambir;Gambir;;\n"
)


def test_a_list_is_tried_imported_and_checked_without_anything_running(tmp_path):
    data_dir, file, report = tmp_path / "d", tmp_path / "daftar.csv", tmp_path / "hasil.json"
    file.write_text(LIST)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LANGKAH_", "PREFECT_"))} | {"LANGKAH_DATA_DIR": str(data_dir)}

    def langkah(*words):
        return subprocess.run([sys.executable, "-m", "ui.cli", *words], env=env, capture_output=True, text=True, timeout=120)

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

"""A list of 10,000 messy rows becomes cases, beside COPY, validation in SQL and insert … select of the same rows."""

import csv
import io
import random
from datetime import date, timedelta
from functools import partial
from typing import Any

import asyncpg

from models.db import transaction
from models.definitions.definition import Definition
from models.definitions.loader import load
from models.services import intake, programmes
from models.services.actor import MACHINE
from tests.benchmarks.bench_database import START, bench_database
from tests.benchmarks.measure import Figure, rate
from tests.conftest import OK_OCE

ROWS, REPEATS = 10_000, 3
HEADER = "No;NAMA LENGKAP (sesuai KTP);NIK;Tgl. Lahir;L/P;No. HP / WA;Kecamatan;Kelurahan;Jenis Usaha;Tanggal Daftar".split(";")
PLACES = [
    ("Gambir", "Cideng"),
    ("TANAH ABANG", "Petamburan"),
    ("Kec. Tebet", "Tebet Barat"),
    ("jatinegara", "Kampung Melayu"),
    ("Koja", "Lagoa"),
]
SCHEMA = """
DROP TABLE IF EXISTS l_rows, l_person, l_case, l_journal, l_task;
CREATE UNLOGGED TABLE l_rows (n int, name text, nik text, born text, sex text, phone text, district text, village text,
  trade text, day text);
CREATE TABLE l_person (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), nik text UNIQUE, name text, born text, phone text, district text);
CREATE TABLE l_case (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), person uuid REFERENCES l_person, district text, stage text,
  opened timestamptz);
CREATE TABLE l_journal (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, case_id uuid REFERENCES l_case, type text,
  at timestamptz, data jsonb);
CREATE TABLE l_task (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), case_id uuid REFERENCES l_case, queue text, district text, state text);
"""
LOAD = """
WITH good AS (SELECT DISTINCT ON (digits) * FROM (SELECT *, regexp_replace(nik, '\\D', '', 'g') AS digits FROM l_rows) r
                WHERE digits ~ '^\\d{16}$' AND btrim(name) <> '' ORDER BY digits, n),
     p AS (INSERT INTO l_person (nik, name, born, phone, district) SELECT digits, btrim(name), born, phone, district FROM good
             RETURNING id, district),
     c AS (INSERT INTO l_case (person, district, stage, opened) SELECT id, district, 'p1', now() FROM p RETURNING id, district),
     j AS (INSERT INTO l_journal (case_id, type, at, data)
             SELECT id, 'case_opened', now(), jsonb_build_object('district', district) FROM c)
INSERT INTO l_task (case_id, queue, district, state) SELECT id, 'p1', district, 'open' FROM c
"""


def messy(seed: int) -> bytes:
    """A list as people send it: spellings, blanks, quotes, some damaged and some double rows."""
    chance, out = random.Random(seed), io.StringIO()
    sheet = csv.writer(out, delimiter=";")
    sheet.writerow(["DAFTAR PESERTA OK OCE"] + [""] * (len(HEADER) - 1))
    sheet.writerow(HEADER)
    for n in range(ROWS):
        born = date(1960, 1, 1) + timedelta(days=chance.randrange(14_000))
        woman = chance.random() < 0.6
        nik = f"3171{chance.randrange(1, 9):02d}{born.day + 40 * woman:02d}{born:%m%y}{chance.randrange(1, 9999):04d}"
        shown = chance.choice([nik, f"'{nik}", f"{nik[:6]} {nik[6:12]} {nik[12:]}", nik if chance.random() < 0.9 else f"{nik[:5]}E+15"])
        district, village = chance.choice(PLACES)
        day = chance.choice([f"{born.day} {born:%m} {born.year}".replace(" ", "/"), f"{born:%d-%m-%Y}", f"{born:%Y-%m-%d}"])
        phone = chance.choice(["0812{0:08d}", "+62 812-{0:08d}", "62812{0:08d}"]).format(chance.randrange(10**8))
        sheet.writerow([n + 1, f" Peserta {n} ", shown, day, "P" if woman else "L", phone, district, village, "kuliner", "8/1/2018"])
    return out.getvalue().encode()


async def run(cluster: Any) -> list[Figure]:
    """Rows a second, judged, stored and opened as cases in one transaction, per-row results included."""
    bundle = load(OK_OCE).bundle
    assert bundle is not None
    ours, limits = [], []
    for turn in range(REPEATS):
        async with bench_database(cluster, "bench_import") as (url, _):
            content = messy(turn)
            async with transaction() as session:
                definition = await programmes.by_hash(session, await programmes.publish(session, MACHINE, bundle))
            ours.append(await rate(partial(_imported, definition, content)))
            bare = await asyncpg.connect(url)
            await bare.execute(SCHEMA)
            limits.append(await rate(partial(_loaded, bare, content)))
            await bare.close()
    middle = REPEATS // 2
    return [Figure("import", "rows/s", sorted(ours)[middle], "copy and SQL", sorted(limits)[middle], ROWS, REPEATS)]


async def _imported(definition: Definition, content: bytes) -> int:
    async with transaction() as session:
        report = intake.judge(definition, content, "daftar.csv", START)
        await intake.register_rows(session, MACHINE, definition, report, START)
    return ROWS


async def _loaded(bare: Any, content: bytes) -> int:
    lines = content.decode().splitlines()[2:]
    records = [(int(row[0]), *row[1:]) for row in csv.reader(lines, delimiter=";")]
    async with bare.transaction():
        await bare.copy_records_to_table("l_rows", records=records)
        await bare.execute(LOAD)
    return ROWS

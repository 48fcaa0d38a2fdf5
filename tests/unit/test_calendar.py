"""Working days as Jakarta counts them, joint leave included."""

import csv
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from models.definitions.calendar import Week, WorkCalendar
from models.definitions.live import CalendarRule

CALENDAR = WorkCalendar(CalendarRule())
FOLDER = os.environ.get("LANGKAH_SAMPLE_DIR")


def test_joint_leave_is_no_working_day():
    assert not CALENDAR.is_working_day(date(2017, 12, 26))
    assert CALENDAR.is_working_day(date(2017, 12, 27))


def test_five_working_days_skip_weekend_and_new_year():
    friday = datetime(2017, 12, 29, 2, tzinfo=UTC)
    assert CALENDAR.end(friday, "5 working days") == datetime(2018, 1, 8, 9, tzinfo=UTC)
    assert CALENDAR.end(friday, "72 hours") == datetime(2018, 1, 1, 2, tzinfo=UTC)


def test_a_week_is_cut_on_monday_midnight_in_jakarta():
    week = Week.parse("2018-W03")
    assert week.cut(CALENDAR.zone) == datetime(2018, 1, 21, 17, tzinfo=UTC)
    assert str(week.previous()) == "2018-W02"
    assert str(Week.parse("2017-W52").next()) == "2018-W01"


@pytest.mark.parametrize("wrong", ["2018-3", "2018-W54", "W03"])
def test_what_is_no_week_is_refused(wrong):
    with pytest.raises(ValueError, match=r"week|Invalid"):
        Week.parse(wrong)


@pytest.mark.skipif(not FOLDER, reason="LANGKAH_SAMPLE_DIR names no folder with the official calendar")
def test_the_calendar_agrees_with_the_official_one(ok_oce):
    rows = csv.DictReader((Path(str(FOLDER)) / "holidays_id_2017_2019.csv").open(encoding="utf-8-sig"))
    official = {date.fromisoformat(row["tanggal"]) for row in rows}
    free = {day for day in official if day.weekday() < 5}
    assert {day for day in free if ok_oce.calendar.is_working_day(day)} == set()

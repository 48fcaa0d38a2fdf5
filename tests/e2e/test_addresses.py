"""Addresses that lead nowhere, files that are too large, and the language: before and after signing in."""

import re

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import sign_in

NOWHERE = ["nosuch", "tasks/nosuch", "queues/p9", "cases/OKO-2018-999999", "weekly/2019-W50", "imports/17"]
NO_RUN = "runs/00000000-0000-0000-0000-000000000000"


async def test_english_chosen_on_the_login_page_stays_after_signing_in(page, product):
    await page.goto("/login")
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await sign_in(page, "manajer")
    try:
        await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        answer = await page.goto("/staff/nosuch")
        assert answer.status == 404
        await expect(page.get_by_role("link", name="Back to the start")).to_be_visible()
    finally:
        await page.get_by_role("button", name="Bahasa Indonesia").click()
        await expect(page.get_by_role("button", name="Keluar")).to_be_visible()


@pytest.mark.parametrize("place", [*NOWHERE, NO_RUN])
async def test_what_is_not_there_is_a_page_with_a_way_back(page, product, place):
    await sign_in(page, "manajer")
    answer = await page.goto(f"/staff/{place}")
    assert answer.status == 404
    await expect(page.locator("nav.rail")).to_be_visible()
    back = page.get_by_role("link", name=re.compile("Kembali ke"))
    await back.click()
    await expect(page.locator("main h1")).to_be_visible()
    await expect(page.get_by_role("link", name=re.compile("Kembali ke"))).to_have_count(0)


async def test_a_file_that_is_too_large_or_no_list_says_what_to_do(page, product, tmp_path):
    large, letter = tmp_path / "besar.csv", tmp_path / "surat.pdf"
    large.write_bytes(b"x" * (20 * 1024**2 + 1))
    letter.write_bytes(b"%PDF")
    await sign_in(page, "manajer")
    await page.goto("/staff/imports")
    said = page.locator("main .errors")
    await expect(said).to_be_hidden()
    await page.set_input_files("input[type=file]", large)
    await expect(said).to_contain_text("lebih dari 20 MB")
    await page.set_input_files("input[type=file]", letter)
    await expect(said).to_contain_text("XLSX atau CSV")

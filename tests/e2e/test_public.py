"""Registering and looking at one's case on a small phone without scripts; how accessible and how quick the pages are."""

import asyncio
import re
import time
from urllib.request import urlopen

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

PHONE = {"width": 360, "height": 740}
# As browsers' own tools simulate a slow 3G: 400 kbit/s each way, 400 ms before anything answers.
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NUMBER = re.compile(r"OKO-\d{4}-\d{6}")


@pytest.fixture
async def phone(browser, product):
    """An old phone: small, without scripts."""
    context = await browser.new_context(base_url=product.url, viewport=PHONE, locale="id-ID", java_script_enabled=False)
    yield await context.new_page()
    await context.close()


async def go_on(page):
    await page.locator("main button.go").click()


async def register(page, nik, phone_number, name="Budi Percobaan"):
    """Answer every question and send; returns the number on the confirmation."""
    await page.goto("/")
    await page.get_by_role("link", name="Daftar sekarang").click()
    await page.get_by_label("Nama lengkap").fill(name)
    await go_on(page)
    await page.get_by_label("NIK").fill(nik)
    await go_on(page)
    for label, value in (("Tanggal", "5"), ("Bulan", "1"), ("Tahun", "1980")):
        await page.get_by_label(label, exact=True).fill(value)
    await go_on(page)
    await page.get_by_label("Kelurahan").fill("Cideng")
    await go_on(page)
    await page.get_by_label("Nomor HP").fill(phone_number)
    await go_on(page)
    await page.get_by_label("Jenis usaha").fill("Warung nasi")
    await page.get_by_label("Sudah berjalan").fill("3")
    await go_on(page)
    await page.get_by_label("Saya setuju").check()
    await go_on(page)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Periksa jawaban Anda")
    await go_on(page)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Pendaftaran diterima")
    return await page.locator(".number").inner_text()


async def message_to(product, words):
    """Wait for a message that fits on the sandbox's phones."""
    settings = (product.data_dir / "partners.env").read_text()
    address = re.findall(r"LANGKAH_PARTNER_MESSAGES_URL=(\S+)", settings)[0]

    def look():
        return urlopen(f"{address}/phones", timeout=5).read().decode()

    for _ in range(100):
        if found := re.search(words, await asyncio.to_thread(look)):
            return found
        await asyncio.sleep(0.3)
    raise AssertionError(f"no message {words}")


async def sign_in(page, product, number):
    await page.goto("/status")
    await page.get_by_label("Nomor berkas").fill(number)
    for label, value in (("Tanggal", "5"), ("Bulan", "1"), ("Tahun", "1980")):
        await page.get_by_label(label, exact=True).fill(value)
    await go_on(page)
    code = (await message_to(product, rf"{number}\n(\d{{6}}) adalah"))[1]
    await page.get_by_label("Kode enam angka").fill(code)
    await go_on(page)
    await expect(page.get_by_role("heading", name="Langkah Anda")).to_be_visible()


async def test_without_scripts_one_registers_signs_in_by_code_and_withdraws(phone, product):
    number = await register(phone, "3171010501800401", "0812 4444 0401")
    assert NUMBER.fullmatch(number)
    await expect(phone.get_by_role("img", name=number)).to_be_visible()
    await message_to(product, rf"\+6281244440401  {number}\nHalo Budi Percobaan, Anda terdaftar")
    await sign_in(phone, product, number)
    await expect(phone.locator("li[aria-current=step]")).to_contain_text("Pelatihan")
    await phone.get_by_role("link", name="Data saya").click()
    await phone.get_by_label("Jenis usaha").fill("Katering")
    await go_on(phone)
    await expect(phone.get_by_role("status")).to_have_text("Data Anda sudah diperbaiki.")
    await phone.get_by_role("link", name="Mundur dari program").click()
    await phone.get_by_role("button", name="Ya, saya mundur").click()
    await expect(phone.locator(".nowbox")).to_contain_text("Anda sudah mundur dari program")
    await phone.get_by_role("button", name="Keluar").click()
    await expect(phone.get_by_label("Nomor berkas")).to_be_visible()


async def test_the_same_nik_again_tells_the_phone_on_file_and_shows_nothing(phone, product):
    first = await register(phone, "3171010501800402", "0812 4444 0402")
    second = await register(phone, "3171010501800402", "0813 5555 0402", name="Orang Lain")
    assert NUMBER.fullmatch(second)
    assert first != second
    told = await message_to(product, r"(\+\d+)  (\S+)\nHalo (.+), Anda sudah terdaftar")
    assert (told[1], told[2], told[3]) == ("+6281244440402", first, "Budi Percobaan")


async def test_back_keeps_the_answers_and_english_goes_all_the_way(phone, product):
    await phone.goto("/register")
    await phone.get_by_label("Nama lengkap").fill("Budi Percobaan")
    await go_on(phone)
    await phone.get_by_role("link", name="Kembali").click()
    await expect(phone.get_by_label("Nama lengkap")).to_have_value("Budi Percobaan")
    await phone.get_by_role("button", name="English").click()
    await expect(phone.get_by_role("heading", level=1)).to_have_text("What is your full name?")
    await expect(phone.locator("html")).to_have_attribute("lang", "en")
    await go_on(phone)
    await go_on(phone)
    await expect(phone.get_by_role("alert")).to_contain_text("Fill this in.")
    await phone.get_by_role("alert").get_by_role("link").click()
    await phone.goto("/register/review")
    await expect(phone.get_by_role("heading", level=1)).to_have_text("What is your NIK?")


async def no_violations(page, where):
    found = await Axe().run(page, options={"runOnly": WCAG})
    told = [f"{item['id']}: {item['nodes'][0]['html'][:120]}" for item in found.response["violations"]]
    assert told == [], where
    sideways = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    small = await page.evaluate(
        "[...document.querySelectorAll('main button, main input:not([type=hidden]), main .go, header button, .back')]"
        ".filter(e => e.getBoundingClientRect().height < 31.9).map(e => e.outerHTML.slice(0, 90))"
    )
    assert (sideways, small) == (0, []), where


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_is_free_of_what_axe_finds_and_fits_a_small_phone(browser, product, phone, scheme):
    context = await browser.new_context(base_url=product.url, viewport=PHONE, locale="id-ID", color_scheme=scheme)
    page = await context.new_page()
    answers = {"name": "Budi", "nik": "3171010501800403", "place": "Cipinang Bsr", "phone": "08", "business": ""}
    await page.goto("/")
    await no_violations(page, "/")
    for path in ("/login", "/nowhere", "/status", "/register"):
        await page.goto(path)
        await no_violations(page, path)
    await go_on(page)
    await no_violations(page, "an error")
    number = await register(page, f"317101050180041{scheme == 'dark':d}", f"0812444404{10 + (scheme == 'dark')}")
    await no_violations(page, "done")
    await page.goto("/register")
    for name, value in answers.items():
        await page.goto(f"/register/{name}")
        await no_violations(page, name)
        if name in ("name", "nik"):
            await page.locator("main input:not([type=hidden])").first.fill(value)
            await go_on(page)
    for label, value in (("Tanggal", "5"), ("Bulan", "1"), ("Tahun", "1981")):
        await page.get_by_label(label, exact=True).fill(value)
    await go_on(page)
    await page.get_by_label("Kelurahan").fill("Cipinang Bsr")
    await go_on(page)
    await no_violations(page, "several villages")
    await page.get_by_role("button", name="Cipinang Besar Utara").click()
    await page.get_by_label("Nomor HP").fill("081244440499")
    await go_on(page)
    await page.get_by_label("Jenis usaha").fill("Warung")
    await page.get_by_label("Sudah berjalan").fill("3")
    await go_on(page)
    await no_violations(page, "consent")
    await page.get_by_label("Saya setuju").check()
    await go_on(page)
    await no_violations(page, "review")
    await sign_in(page, product, number)
    for path in ("/status", "/status/data", "/status/withdraw"):
        await page.goto(path)
        await no_violations(page, path)
    await context.close()


async def test_the_first_page_is_light_and_there_within_three_seconds_on_slow_3g(browser, product):
    context = await browser.new_context(base_url=product.url, viewport=PHONE)
    measured = {}
    asked = await context.new_page()
    await asked.goto("/register")
    for answer in ("Budi Percobaan", "3171010501800405"):
        await asked.locator("main input:not([type=hidden])").first.fill(answer)
        await go_on(asked)
    for part, value in (("d", "5"), ("m", "1"), ("y", "1980")):
        await asked.locator(f"#f-birth_date-{part}").fill(value)
    await go_on(asked)
    for path in ("/", "/register", "/register/place"):
        page = await context.new_page()
        tools = await context.new_cdp_session(page)
        sizes: list[float] = []
        await tools.send("Network.enable")
        await tools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        await tools.send("Network.emulateNetworkConditions", SLOW_3G)
        tools.on("Network.loadingFinished", lambda event, sizes=sizes: sizes.append(event["encodedDataLength"]))
        began = time.monotonic()
        await page.goto(path, wait_until="load")
        measured[path] = (round(sum(sizes) / 1000, 1), round(time.monotonic() - began, 2))
        await page.close()
    await context.close()
    print(measured)
    assert all(kilobytes <= 50 and seconds <= 3 for kilobytes, seconds in measured.values()), measured


async def test_the_keyboard_alone_registers_and_the_focus_is_seen(browser, product):
    context = await browser.new_context(base_url=product.url, viewport=PHONE)
    page = await context.new_page()
    await page.goto("/register")
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.locator("#f-name").focus()
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"
    await page.keyboard.type("Budi")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Berapa NIK Anda?")
    await context.close()

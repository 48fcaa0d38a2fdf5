"""A stage owner's queue: filters that stay in the address, views, choosing, two who race, and the keyboard."""

import re

from playwright.async_api import expect

from tests.e2e.conftest import sign_in

ROWS = "main tr.pick"


async def another(browser, product, who):
    """A second person in a browser of their own."""
    context = await browser.new_context(base_url=product.url, viewport={"width": 1440, "height": 900}, locale="id-ID")
    page = await context.new_page()
    await sign_in(page, who)
    return context, page


async def test_filters_stay_in_the_address_but_what_is_searched_for_does_not(page, product):
    await sign_in(page, "manajer")
    await page.goto("/staff/queues/p3")
    await expect(page.locator(ROWS).first).to_be_visible()
    everything = await page.locator("header.page .n").inner_text()
    await page.get_by_label("Kota").select_option(label="Jakarta Timur")
    await expect(page).to_have_url(re.compile(r"city=31\.75"))
    await expect(page.locator("header.page .n")).not_to_have_text(everything)
    await page.get_by_label("Urutan").select_option(label="Paling mendesak dulu")
    await expect(page).to_have_url(re.compile(r"sort=urgency"))
    name = (await page.locator("main td.person b").first.inner_text()).split()[0]
    await page.fill("#search", name)
    await expect(page.locator("main td.person b").filter(has_not_text=name)).to_have_count(0)
    assert name not in page.url
    await page.reload()
    await expect(page.locator("#search")).to_have_value(name)
    await expect(page.get_by_label("Kota")).to_have_value("31.75")
    await page.get_by_role("button", name="Hapus saringan").click()
    await expect(page.locator("header.page .n")).to_have_text(everything)
    await page.goto("/staff/queues/p3?city=%27%3B--&sort=drop&step=x&assignee=%3Cb%3E&flags=none")
    await expect(page.locator("header.page .n")).to_have_text(everything)


async def test_pages_go_on_and_back_without_missing_anybody(page, product):
    await sign_in(page, "manajer")
    await page.goto("/staff/queues/p3")
    await expect(page.locator(ROWS)).to_have_count(50)
    first = await page.locator(ROWS).all_inner_texts()
    await page.get_by_role("button", name="Halaman berikutnya").click()
    await expect(page.locator(".foot")).to_contain_text("51–")
    assert not set(first) & set(await page.locator(ROWS).all_inner_texts())
    await page.get_by_role("button", name="Halaman sebelumnya").click()
    await expect(page.locator(".foot")).to_contain_text("1–50")
    assert await page.locator(ROWS).all_inner_texts() == first


async def test_a_view_is_saved_found_in_the_rail_and_taken_away(page, product):
    await sign_in(page, "manajer")
    await page.goto("/staff/queues/p2?due=late&sort=opened")
    await page.get_by_role("button", name="Simpan tampilan").click()
    await page.fill("#d-name", "Kelas terlambat")
    await page.get_by_role("button", name="Lanjutkan").click()
    await expect(page).to_have_url(re.compile("/staff/views/"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Kelas terlambat")
    await expect(page.get_by_label("Jatuh tempo")).to_have_value("late")
    await page.goto("/staff/cases")
    await page.locator("nav.rail").get_by_role("link", name="Kelas terlambat").click()
    await page.get_by_role("button", name="Hapus tampilan").click()
    await page.get_by_role("dialog").get_by_role("button", name="Lanjutkan").click()
    await expect(page).not_to_have_url(re.compile("/staff/views/"))
    await expect(page.locator("nav.rail").get_by_role("link", name="Kelas terlambat")).to_have_count(0)


async def test_several_are_claimed_at_once_and_whoever_comes_second_is_told_who_has_them(page, product, browser):
    await sign_in(page, "manajer")
    await page.goto("/staff/queues/p5?assignee=none")
    await expect(page.locator(ROWS).nth(1)).to_be_visible()
    context, other = await another(browser, product, "manajer")
    await other.goto("/staff/queues/p5?assignee=none")
    await expect(other.locator(ROWS).nth(1)).to_be_visible()
    for place in range(2):
        await page.locator(f"{ROWS} input[type=checkbox]").nth(place).check()
    await expect(page.locator(".chosen")).to_contain_text("2 dipilih")
    await page.get_by_role("button", name="Ambil yang dipilih").click()
    await expect(page.get_by_text("2 tugas diambil.")).to_be_visible()
    await expect(other.locator("tr.gone")).to_have_count(2)
    await expect(other.locator(".fresh")).to_be_visible()
    await context.close()


async def test_two_who_claim_the_next_task_never_get_the_same(page, product, browser):
    await sign_in(page, "manajer")
    await page.goto("/staff/queues/p5")
    context, other = await another(browser, product, "pemasaran")
    await other.goto("/staff/queues/p5")
    numbers = []
    for one in (page, other):
        await one.get_by_role("button", name="Ambil tugas berikutnya").click()
    for one in (page, other):
        await expect(one.locator("aside.panel .sub a")).to_be_visible()
        numbers.append(await one.locator("aside.panel .sub a").inner_text())
    assert len(set(numbers)) == 2
    await context.close()


async def test_the_keyboard_chooses_filters_jumps_and_explains_itself(page, product):
    await sign_in(page, "manajer")
    await page.goto("/staff/queues/p4")
    await expect(page.locator(ROWS).first).to_be_visible()
    await page.keyboard.press("j")
    await expect(page.locator("tr.sel")).to_have_count(1)
    await page.keyboard.press("x")
    await expect(page.locator(".chosen")).to_contain_text("1 dipilih")
    await expect(page.locator("tr.sel input[type=checkbox]")).to_be_checked()
    await page.keyboard.press("x")
    await expect(page.locator(".chosen")).to_be_hidden()
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Tombol papan ketik")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("f")
    await expect(page.get_by_label("Kota")).to_be_focused()
    await page.keyboard.press("Control+k")
    await expect(page.locator("#jump-words")).to_be_focused()
    await page.keyboard.type("OKO-2017-000001")
    await expect(page.locator(".jumps a").first).to_contain_text("OKO-2017-000001")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/staff/cases/OKO-2017-000001"))
    await page.keyboard.press("Control+k")
    await expect(page.locator("#jump-words")).to_be_focused()
    await page.keyboard.type("pembaruan")
    await expect(page.locator(".jumps a")).to_have_count(1)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/staff/weekly"))


async def test_a_queue_is_cards_on_a_phone_and_never_wider_than_it(page, product):
    await page.set_viewport_size({"width": 390, "height": 844})
    await sign_in(page, "manajer")
    await page.goto("/staff/queues/p2")
    await expect(page.locator(ROWS).first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.locator(ROWS).first.click()
    await expect(page.locator("aside.panel")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390

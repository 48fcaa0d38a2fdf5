"""A day at the desk, in a real browser."""

import re

from playwright.async_api import expect

from tests.e2e.conftest import sign_in


async def test_a_wrong_password_is_told_and_the_address_is_kept(page, product):
    await page.goto("/login")
    await page.fill("#email", "sari@demo.langkah.test")
    await page.fill("#password", "salah")
    await page.click("main button.go")
    await expect(page.locator("[role=alert]")).to_contain_text("salah")
    await expect(page.locator("#email")).to_have_value("sari@demo.langkah.test")


async def test_staff_pages_ask_for_a_sign_in_and_forget_it_at_sign_out(page, product):
    await page.goto("/staff/queues/p4")
    await expect(page).to_have_url(re.compile("/login"))
    await sign_in(page, "manajer")
    await page.get_by_role("button", name="Keluar").click()
    await page.goto("/staff/cases")
    await expect(page).to_have_url(re.compile("/login"))


async def test_claim_next_fill_the_form_complete_and_the_next_task_opens(page, product):
    await sign_in(page, "manajer")
    await page.goto("/staff/queues/p2")
    await page.get_by_role("button", name="Ambil tugas berikutnya").click()
    panel = page.locator("aside.panel")
    await expect(panel.get_by_role("button", name="Hadir", exact=False).first).to_be_visible()
    person = await panel.locator("h2").first.inner_text()
    await panel.locator("#f-sessions_attended").fill("9")
    await panel.get_by_role("button", name="Hadir", exact=False).first.click()
    await expect(panel.locator(".msg")).to_have_text("Isi 0 sampai 3.")
    await expect(panel.locator("#f-sessions_attended")).to_have_value("9")
    await panel.locator("#f-sessions_attended").fill("2")
    await panel.get_by_role("button", name="Hadir", exact=False).first.click()
    await expect(page.get_by_text(f"Selesai: {person}")).to_be_visible()
    await expect(panel.locator("h2").first).not_to_have_text(person)


async def test_the_keyboard_alone_moves_claims_and_closes(page, product):
    await sign_in(page, "manajer")
    await page.goto("/staff/queues/p4")
    await expect(page.locator("tr.pick").first).to_be_visible()
    await page.keyboard.press("j")
    await expect(page.locator("aside.panel")).to_be_visible()
    await page.keyboard.press("j")
    await expect(page.locator("tr.sel")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(page.locator("aside.panel")).to_be_hidden()
    await page.keyboard.press("/")
    await expect(page.locator("#search")).to_be_focused()


async def test_a_list_with_errors_shows_each_row_and_gives_the_rejected_ones_back(page, product):
    await sign_in(page, "manajer")
    await page.goto("/staff/imports")
    rows = "Nama;NIK;Kelurahan;Kecamatan;Tgl Lahir;HP\n"
    rows += "Uji Impor;3171014501800077;Gambir;Gambir;05/01/1980;081200000077\nTanpa Nik;;Gambir;Gambir;;\n"
    await page.set_input_files("input[type=file]", {"name": "daftar.csv", "mimeType": "text/csv", "buffer": rows.encode()})
    await expect(page.get_by_text("NIK kosong.")).to_be_visible(timeout=15_000)
    await expect(page.get_by_role("link", name=re.compile("OKO-"))).to_have_count(1)
    async with page.expect_download() as got:
        await page.get_by_role("button", name="Unduh baris yang ditolak").click()
    assert (await got.value).suggested_filename == "ditolak.xlsx"


async def test_the_weekly_page_shows_the_frozen_week_and_a_figure_opens_its_cases(page, product):
    await sign_in(page, "pimpinan")
    await page.goto("/staff/weekly/2018-W03")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Pembaruan pekanan 2018-W03")
    await expect(page.get_by_text("Dibekukan Sen 22 Jan 2018 00.00")).to_be_visible()
    await expect(page.get_by_text("Ralat 2017-W51").first).to_be_visible()
    await expect(page.locator("tbody tr")).to_have_count(7)
    cards = page.locator(".cards .card")
    await expect(cards).to_have_count(4)
    assert [re.sub(r"\d[\d.]*", "n", text) for text in await cards.locator(".lab:first-child").all_inner_texts()] == [
        "Terdaftar (Pn) menuju n per n/n/n",
        "Pn Pelatihan · selesai",
        "Pn Perizinan · selesai",
        "Terlambat",
    ]
    await page.get_by_text(re.compile(r"Lihat \d+ berkas")).first.click()
    await expect(page.get_by_text(re.compile("OKO-2018-")).first).to_be_visible()
    overlaps = """() => { const boxes = [...document.querySelectorAll('.tiles .city a')].map(a => a.getBoundingClientRect());
      return boxes.some((a, i) => boxes.some((b, j) => i < j && a.left < b.right - 1 && b.left < a.right - 1
        && a.top < b.bottom - 1 && b.top < a.bottom - 1)) }"""
    for width in (1440, 1100, 390):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate(overlaps) is False, width


async def test_a_case_is_found_by_name_and_tells_its_story(page, product):
    await sign_in(page, "manajer")
    await page.goto("/staff/cases")
    await page.fill("#search", "OKO-2017-000001")
    await page.get_by_role("link", name=re.compile(r"\w+ \w+")).first.wait_for()
    await page.locator("td.person a").first.click()
    await expect(page.get_by_text("Berkas dibuka")).to_be_visible()
    await expect(page.get_by_role("img", name=re.compile("Tahap"))).to_be_visible()


async def test_pages_hold_on_a_phone_without_scrolling_sideways(page, product):
    await page.set_viewport_size({"width": 390, "height": 844})
    await sign_in(page, "manajer")
    for path in ("/staff/queues/p3", "/staff/cases", "/staff/weekly", "/staff/runs", "/staff/imports", "/staff/incidents"):
        await page.goto(path)
        await page.locator("h1").wait_for()
        wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, path


async def test_english_is_one_click_away_and_stays(page, product):
    await sign_in(page, "auditor")
    await page.get_by_role("button", name="English").click()
    await page.goto("/staff/cases")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Cases")
    await page.get_by_role("button", name="Bahasa Indonesia").click()


async def test_a_stage_owner_sees_only_the_own_stage_and_area(page, product):
    await sign_in(page, "perizinan")
    await expect(page.get_by_role("link", name=re.compile("P4 Perizinan"))).to_be_visible()
    await expect(page.get_by_role("link", name=re.compile("P2 Pelatihan"))).to_have_count(0)
    await page.goto("/staff/queues/p2")
    await expect(page.get_by_text("Tidak ada tugas di antrean ini.")).to_be_visible()


async def test_a_hold_with_a_wrong_date_is_told_beside_the_field_and_the_input_is_kept(page, product):
    await sign_in(page, "manajer")
    await page.goto("/staff/cases?stage=p3")
    await page.locator("td.person a").first.click()
    await page.get_by_role("button", name="Tunda").click()
    dialog = await opened(page.get_by_role("dialog", name="Tunda"))
    await dialog.locator("#d-reason").fill("Sakit")
    for wrong, told in (("31/02/2018", "Isi tanggal seperti 24/01/2018."), ("01/01/2018", "Tanggal harus sesudah hari ini")):
        await dialog.locator("#d-until").fill(wrong)
        await dialog.get_by_role("button", name="Lanjutkan").click()
        await expect(dialog.locator(".msg")).to_have_text(told)
        await expect(dialog.locator("#d-until")).to_have_value(wrong)
        await expect(dialog.locator("#d-reason")).to_have_value("Sakit")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()


async def test_data_is_corrected_and_the_nik_shown_for_a_reason(page, product):
    await sign_in(page, "manajer")
    await page.goto("/staff/cases?stage=p3")
    await page.locator("td.person a").nth(1).click()
    await page.get_by_role("button", name="Perbaiki data").click()
    dialog = await opened(page.get_by_role("dialog", name="Perbaiki data"))
    await dialog.locator("#d-phone").fill("rubbish")
    await dialog.get_by_role("button", name="Lanjutkan").click()
    await expect(dialog.locator(".msg")).to_contain_text("Isi nomor HP Indonesia")
    await dialog.locator("#d-phone").fill("0812 3456 7890")
    await dialog.get_by_role("button", name="Lanjutkan").click()
    await expect(page.get_by_text("Data diperbaiki: Nomor HP")).to_be_visible()
    await expect(page.locator("dd.nik")).to_contain_text("••••")
    await page.get_by_role("button", name="Tampilkan NIK").click()
    reveal = await opened(page.get_by_role("dialog", name="Tampilkan NIK"))
    await reveal.locator("#d-reason").fill("Dicocokkan dengan KTP")
    await reveal.get_by_role("button", name="Lanjutkan").click()
    await expect(page.locator("dd.nik")).not_to_contain_text("•")


async def opened(dialog):
    """The dialog once it is ready for typing: its first field has the focus."""
    await expect(dialog.locator(":focus")).to_have_count(1)
    return dialog


async def brought_to_reporting(page):
    """The number of a case that waits for a participant's figures: a manager skips marketing on evidence."""
    answer = await page.request.get("/api/v1/cases?stage=p5&status=active&limit=1")
    [case] = (await answer.json())["items"]
    await page.goto(f"/staff/cases/{case['number']}")
    await page.get_by_role("button", name="Lewati tahap dengan bukti").click()
    dialog = await opened(page.get_by_role("dialog"))
    await dialog.locator("#d-stage").select_option("p5")
    await dialog.locator("#d-reason").fill("Buku kas dilihat")
    await dialog.get_by_role("button", name="Lanjutkan").click()
    for _ in range(30):
        whole = await (await page.request.get(f"/api/v1/cases/{case['number']}")).json()
        if any(position["step"] == "p6.figures" for position in whole["positions"]):
            return case["number"]
        await page.wait_for_timeout(1000)
    raise AssertionError("the worker did not send the reminder")


async def test_what_a_participant_reports_is_recorded_at_the_desk(page, product):
    await sign_in(page, "manajer")
    number = await brought_to_reporting(page)
    await page.goto(f"/staff/cases/{number}")
    await page.get_by_role("button", name="Catat laporan masuk").click()
    dialog = await opened(page.get_by_role("dialog"))
    await dialog.locator("#d-report_income").fill("banyak")
    await dialog.get_by_role("button", name="Lanjutkan").click()
    await expect(dialog.locator(".msg").first).to_contain_text("Isi jumlah dalam rupiah")
    for name, value in (("income", "Rp 4.000.000"), ("goods", "2.000.000"), ("costs", "500000")):
        await dialog.locator(f"#d-report_{name}").fill(value)
    await dialog.get_by_role("button", name="Lanjutkan").click()
    await expect(page.get_by_text("Menunggu angka peserta selesai: Diterima")).to_be_visible()


async def test_a_task_is_handed_to_a_colleague_and_a_mentor_has_the_own_queue(page, product):
    await sign_in(page, "manajer")
    await page.goto("/staff/queues/p3")
    await page.locator("tr.pick").first.click()
    panel = page.locator("aside.panel")
    await panel.get_by_role("button", name="Serahkan ke rekan").click()
    chosen = page.get_by_role("dialog", name="Serahkan ke rekan")
    await chosen.locator("#d-assignee").select_option(index=1)
    await chosen.get_by_role("button", name="Lanjutkan").click()
    await expect(page.get_by_text("Diserahkan.")).to_be_visible()
    await page.get_by_role("button", name="Keluar").click()
    await sign_in(page, "pendamping")
    await expect(page.get_by_role("link", name=re.compile("P3 Pendampingan"))).to_be_visible()
    await expect(page.get_by_role("link", name=re.compile("P4 Perizinan"))).to_have_count(0)
    await expect(page.get_by_role("button", name="Ke hari berikutnya")).to_have_count(0)


async def test_the_rails_counts_follow_what_happens(page, product):
    await sign_in(page, "pemasaran")
    await page.goto("/staff/queues/p5")
    mine = page.get_by_role("link", name=re.compile("Tugas saya"))
    await expect(mine).to_have_text("Tugas saya0")
    await page.get_by_role("button", name=re.compile("Ambil tugas berikutnya")).click()
    await expect(mine).to_have_text("Tugas saya1")


async def test_a_queue_still_hears_of_changes_after_its_connection_dropped_once(page, product):
    await sign_in(page, "manajer")
    await page.goto("/staff/queues/p4")
    await expect(page.locator("tr.pick").first).to_be_visible()
    await page.evaluate("window.socket.disconnect()")
    await page.wait_for_timeout(500)
    await page.evaluate("window.socket.connect()")
    await page.wait_for_function("window.socket.connected")
    other = await page.context.new_page()
    await other.goto("/staff/queues/p4")
    await other.get_by_role("button", name=re.compile("Ambil tugas berikutnya")).click()
    await expect(page.locator("tr.pick").filter(has_text="Ratna Dewi").first).to_be_visible()


async def test_a_leader_is_offered_no_page_that_is_closed_and_is_told_so_at_its_address(page, product):
    await sign_in(page, "pimpinan")
    await page.goto("/staff/weekly/2018-W03")
    await expect(page.locator(".tiles .tile").first).to_be_visible()
    await expect(page.locator("main a[href*='/staff/cases']")).to_have_count(0)
    for closed in ("runs", "incidents", "imports", "cases"):
        await page.goto(f"/staff/{closed}")
        await expect(page.get_by_text("Anda tidak punya hak untuk halaman ini.")).to_be_visible()


async def test_an_auditor_reads_queues_and_is_offered_no_work(page, product):
    await sign_in(page, "auditor")
    await page.goto("/staff/queues/p4")
    await page.locator("tr.pick").first.click()
    await expect(page.locator("aside.panel .why").first).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("Ambil"))).to_have_count(0)
    for place in ("Impor data", "Proses berjalan", "Gangguan"):
        await expect(page.locator("nav.rail").get_by_text(place)).to_be_visible()
    await page.goto("/staff/runs")
    await expect(page.get_by_role("button", name=re.compile("Jalankan sekarang"))).to_have_count(0)

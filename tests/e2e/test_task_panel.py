"""The task beside the list, in a real browser: drafts, files, groups, comments, undo."""

import re
from io import BytesIO

from PIL import Image
from playwright.async_api import expect

from tests.e2e.conftest import sign_in

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def picture():
    written = BytesIO()
    Image.new("RGB", (320, 200), "orange").save(written, "PNG")
    return written.getvalue()


async def claimed(page, step, named):
    """The panel with a task of a step that is mine now: claimed, or handed over to me when a mentor has it."""
    stage = step.split(".")[0]
    listed = (await (await page.request.get(f"/api/v1/tasks?queue={stage}&limit=500")).json())["items"]
    task = min((task for task in listed if task["step"] == step), key=lambda task: task["assignee"] is not None)
    await page.goto(f"/staff/queues/{stage}")
    await page.fill("#search", task["case_number"])
    row = page.locator("tr.pick", has_text=task["case_number"]).filter(has_text=named)
    await expect(page.locator("tr.pick", has_not_text=task["case_number"])).to_have_count(0)
    await row.click()
    panel = page.locator("aside.panel")
    await expect(panel.locator(".sub")).to_contain_text(named)
    if task["assignee"] is None:
        await panel.locator(".act").get_by_role("button", name="Ambil", exact=True).click()
    else:
        me = await page.locator("nav.rail .me div").first.inner_text()
        await panel.get_by_role("button", name="Serahkan ke rekan").click()
        dialog = page.get_by_role("dialog", name="Serahkan ke rekan")
        await dialog.locator("#d-assignee").select_option(label=me)
        await dialog.get_by_role("button", name="Lanjutkan").click()
    await expect(panel.get_by_role("button", name="Kembalikan ke antrean")).to_be_visible()
    return panel


async def saved(panel):
    await expect(panel.locator(".draft-line")).to_contain_text(re.compile(r"draf tersimpan \d\d\.\d\d"))


async def test_what_was_typed_is_there_after_a_reload_and_on_another_machine(page, browser, product):
    await sign_in(page, "manajer")
    panel = await claimed(page, "p5.product_card", "Isi kartu produk")
    number = await panel.locator(".sub a").inner_text()
    await panel.locator("#f-product_name").fill("Keripik pisang")
    await panel.locator("#f-product_price").fill("Rp 15000")
    await panel.locator("#f-product_price").blur()
    await expect(panel.locator("#f-product_price")).to_have_value("15.000")
    await panel.locator("#f-note").fill("Sudah dicicipi")
    await page.wait_for_timeout(1200)
    await saved(panel)
    elsewhere = await browser.new_context(base_url=product.url, viewport={"width": 390, "height": 844}, locale="id-ID")
    for other in (page, await elsewhere.new_page()):
        if other is not page:
            await sign_in(other, "manajer")
        await other.goto("/staff/queues/p5")
        await other.fill("#search", number)
        await expect(other.locator("tr.pick")).to_have_count(1)
        await other.locator("tr.pick").click()
        again = other.locator("aside.panel")
        await expect(again.locator("#draft-notice")).to_contain_text("Dilanjutkan dari draf")
        await expect(again.locator("#f-product_name")).to_have_value("Keripik pisang")
        await expect(again.locator("#f-product_price")).to_have_value("15.000")
        await expect(again.locator("#f-note")).to_have_value("Sudah dicicipi")
    # Now two screens are open: the second one to save is told, and what it typed stays on it.
    await page.locator("aside.panel #f-product_name").fill("Keripik tempe")
    await page.wait_for_timeout(1200)
    await other.locator("aside.panel #f-product_name").fill("Keripik singkong")
    await expect(other.locator(".draft-line")).to_contain_text("Draf ini diubah di layar lain")
    await expect(other.locator("aside.panel #f-product_name")).to_have_value("Keripik singkong")
    await other.get_by_role("button", name="Muat ulang").click()
    await expect(other.locator("aside.panel #f-product_name")).to_have_value("Keripik tempe")
    await elsewhere.close()
    await panel.get_by_role("button", name="Buang draf").click()
    await expect(panel.locator("#f-product_name")).to_have_value("")


async def test_a_draft_from_before_the_task_changed_is_told(page, product):
    await sign_in(page, "manajer")
    panel = await claimed(page, "p5.curation", "Kurasi produk")
    await panel.locator("#f-packaging_ok").select_option("ya")
    await page.wait_for_timeout(1200)
    await saved(panel)
    await panel.get_by_role("button", name="Kembalikan ke antrean").click()
    await panel.locator(".act").get_by_role("button", name="Ambil", exact=True).click()
    await expect(panel.locator("#draft-notice")).to_contain_text("Tugas ini berubah sejak draf")
    await expect(panel.locator("#f-packaging_ok")).to_have_value("ya")


async def test_a_file_is_uploaded_shown_and_listed_and_a_disguised_one_is_refused(page, product):
    await sign_in(page, "manajer")
    panel = await claimed(page, "p3.collect_papers", "Kumpulkan dokumen izin")
    number = await panel.locator(".sub a").inner_text()
    ktp = panel.locator("#f-doc_ktp")
    await ktp.set_input_files({"name": "ktp.jpg", "mimeType": "image/jpeg", "buffer": b"<html>not a picture</html>"})
    await expect(panel.locator("#f-doc_ktp-said")).to_have_text("Unggah JPG, PNG, WebP atau PDF")
    await ktp.set_input_files({"name": "besar.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-" + b"0" * (8 * 1024**2)})
    await expect(panel.locator("#f-doc_ktp-said")).to_have_text("Berkas lebih dari 8 MB")
    await ktp.set_input_files({"name": "KTP Siti.png", "mimeType": "image/png", "buffer": picture()})
    await expect(panel.locator("#f-doc_ktp-said")).to_have_text("Terunggah.")
    await expect(ktp).to_be_focused()
    await panel.locator("#f-doc_form").set_input_files({"name": "formulir.pdf", "mimeType": "application/pdf", "buffer": PDF})
    await expect(panel.locator("#f-doc_form-said")).to_have_text("Terunggah.")
    await panel.get_by_role("button", name="Lihat: KTP (KTP Siti)").first.click()
    image = panel.locator(".preview img").first
    await expect(image).to_be_visible()
    await page.wait_for_function("document.querySelector('.preview img').naturalWidth === 320")
    assert "Siti" not in (await image.get_attribute("src"))
    async with page.expect_download() as got:
        await panel.get_by_role("link", name="Unduh: KTP (KTP Siti)").first.click()
    assert (await got.value).suggested_filename == "KTP Siti.jpg"
    await panel.get_by_role("tab", name=re.compile("Dokumen")).click()
    await panel.locator("#part-documents").get_by_role("button", name="Lihat: Formulir permohonan (formulir)").click()
    await expect(panel.locator("#part-documents iframe")).to_be_visible()
    await page.goto(f"/staff/cases/{number}")
    await expect(page.get_by_text("KTP (KTP Siti)")).to_be_visible()
    # Somebody of another stage is told nothing by the same address.
    address = await page.locator("a[href*='/staff-files/documents/']").first.get_attribute("href")
    await page.get_by_role("button", name="Keluar").click()
    await sign_in(page, "pemasaran")
    assert (await page.request.get(address)).status == 404


async def test_fields_and_rows_appear_as_they_are_needed_and_errors_stand_beside_them(page, product):
    await sign_in(page, "manajer")
    panel = await claimed(page, "p3.visit", "Kunjungi usaha")
    await expect(panel.locator("#f-floor")).to_be_hidden()
    await panel.locator("#f-premises").focus()
    await panel.locator("#f-premises").select_option("rusun")
    await expect(panel.locator("#f-floor")).to_be_visible()
    await expect(panel.locator("#f-premises")).to_be_focused()
    await panel.locator("#f-visit_date").fill("31 Februari 2018")
    await panel.locator(".act button.primary").click()
    await expect(panel.locator("#f-visit_date-error")).to_have_text("Isi tanggal seperti 24/01/2018.")
    await expect(panel.locator("#f-visit_date")).to_have_value("31 Februari 2018")
    await panel.locator("#f-visit_date").fill("21 Januari 2018")
    await panel.locator("#f-visit_date").blur()
    await expect(panel.locator("#f-visit_date")).to_have_value("21/01/2018")


async def test_rows_of_a_group_are_added_filled_and_taken_away_with_the_keyboard(page, product):
    await sign_in(page, "manajer")
    panel = await claimed(page, "p3.readiness", "Periksa kesiapan")
    await expect(panel.locator("fieldset.group")).to_be_hidden()
    await panel.locator("#f-price_calculated").select_option("ya")
    await expect(panel.locator("#f-cost_items")).to_be_visible()
    await panel.locator("#f-cost_items").press("Enter")
    kind = panel.locator("[id='f-cost_items.0.cost_kind']")
    await expect(kind).to_be_focused()
    await kind.select_option("cost_goods")
    await panel.locator("[id='f-cost_items.0.cost_amount']").fill("0")
    await panel.locator(".act button.primary").click()
    await expect(panel.locator("[id='f-cost_items.0.cost_amount-error']")).to_contain_text("paling sedikit 1")
    await panel.get_by_role("button", name="Hapus baris 1").click()
    await expect(kind).to_have_count(0)


async def test_a_wrong_completion_is_taken_back_with_what_was_typed(page, product):
    await sign_in(page, "manajer")
    panel = await claimed(page, "p5.product_card", "Isi kartu produk")
    person = await panel.locator("h2").first.inner_text()
    await panel.locator("#f-product_name").fill("Sambal")
    await panel.locator("#f-product_kind").select_option("food")
    await panel.locator("#f-product_price").fill("20.000")
    await panel.locator(".act button.primary").click()
    bar = page.locator(".undo-bar")
    await expect(bar).to_contain_text(f"Selesai: {person}")
    await bar.get_by_role("button", name="Urungkan").click()
    await expect(page.get_by_text("Diurungkan. Tugas ini milik Anda lagi.")).to_be_visible()
    await expect(panel.locator("h2").first).to_have_text(person)
    await expect(panel.locator("#f-product_name")).to_have_value("Sambal")
    await panel.get_by_role("tab", name="Riwayat").click()
    await expect(panel.get_by_text("Isi kartu produk: penyelesaian diurungkan")).to_be_visible()


async def test_a_colleague_who_is_mentioned_finds_it_under_the_own_work(page, product):
    await sign_in(page, "pemasaran")
    name = await page.locator("nav.rail .me").locator("div").first.inner_text()
    await page.goto("/staff/queues/p5")
    await page.locator("tr.pick").first.click()
    number = await page.locator("aside.panel .sub a").inner_text()
    await page.get_by_role("button", name="Keluar").click()
    await sign_in(page, "manajer")
    await page.goto(f"/staff/cases/{number}")
    await page.locator("#c-comment").press_sequentially(f"Tolong dilihat @{name[:4]}")
    await page.get_by_role("button", name=f"@{name}").click()
    await expect(page.locator("#c-comment")).to_have_value(f"Tolong dilihat @{name} ")
    await page.get_by_role("button", name="Kirim komentar").click()
    await expect(page.get_by_text(f"Terkirim. Diberi tahu: {name}.")).to_be_visible()
    await page.get_by_role("button", name="Keluar").click()
    await sign_in(page, "pemasaran")
    await page.goto("/staff/tasks/mine")
    mention = page.locator(".card.mentions li", has_text=number)
    await expect(mention).to_contain_text("Tolong dilihat")
    await mention.get_by_role("button", name="Sudah dibaca").click()
    await expect(mention).to_have_count(0)

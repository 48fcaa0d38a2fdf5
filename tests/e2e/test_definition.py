"""What the programme's rules look like at the desk: evidence, offices, lenders, doubles; in a real browser."""

import re

from playwright.async_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_staff import opened


async def first_case(page, query):
    """The number of the first case that the API lists."""
    answer = await page.request.get(f"/api/v1/cases?{query}&limit=50")
    return (await answer.json())["items"][0]["number"]


def manager_of(product):
    """The headers of a manager's token."""
    return {"Authorization": f"Bearer {product.token('programme_manager')}"}


async def has_come_to(page, number, step):
    """Wait until the worker has done what comes before a step."""
    for _ in range(60):
        whole = await (await page.request.get(f"/api/v1/cases/{number}")).json()
        if any(position["step"] == step for position in whole["positions"]):
            return
        await page.wait_for_timeout(1000)
    raise AssertionError(f"{number} did not come to {step}")


async def skip(page, headers, number, stage):
    """A manager skips a stage on evidence."""
    whole = await (await page.request.get(f"/api/v1/cases/{number}")).json()
    body = {"type": "skip", "version": whole["version"], "stage": stage, "proof": "Buku kas dilihat"}
    answer = await page.request.post(f"/api/v1/cases/{number}/commands", headers=headers, data=body)
    assert answer.ok, await answer.text()


async def test_skipping_on_evidence_asks_for_the_licence_and_checks_it_beside_the_fields(page, product):
    await sign_in(page, "manajer")
    number = await first_case(page, "stage=p4&status=active")
    await page.goto(f"/staff/cases/{number}")
    await page.get_by_role("button", name="Lewati tahap dengan bukti").click()
    dialog = await opened(page.get_by_role("dialog"))
    await dialog.locator("#d-stage").select_option("p5")
    await expect(dialog.locator("#d-licence_number")).to_be_hidden()
    await dialog.locator("#d-stage").select_option("p4")
    await expect(dialog.locator("#d-licence_number")).to_be_visible()
    typed = {"reason": "IUMK asli dilihat", "licence_number": "3171014501800001", "licence_issued_on": "01/01/2099"}
    for name, value in typed.items():
        await dialog.locator(f"#d-{name}").fill(value)
    await dialog.locator("#d-licence_type").select_option("IUMK")
    await dialog.get_by_role("button", name="Lanjutkan").click()
    await expect(dialog.locator("#d-licence_number-error")).to_have_text("Ini seperti NIK. Isi nomor dokumen.")
    await dialog.locator("#d-licence_number").fill("12/IUMK/2017")
    await dialog.get_by_role("button", name="Lanjutkan").click()
    await expect(dialog.locator("#d-licence_issued_on-error")).to_have_text("Tanggal terbit tidak boleh sesudah hari ini.")
    await expect(dialog.locator("#d-licence_number")).to_have_value("12/IUMK/2017")
    await expect(dialog.locator("#d-reason")).to_have_value("IUMK asli dilihat")
    await expect(dialog.locator("#d-licence_type")).to_have_value("IUMK")
    await dialog.locator("#d-licence_issued_on").fill("05/06/2017")
    await dialog.get_by_role("button", name="Lanjutkan").click()
    await expect(page.locator("dl.facts")).to_contain_text("12/IUMK/2017")
    await expect(page.locator("dl.facts")).to_contain_text("05/06/2017")


async def test_a_hand_off_names_the_office_that_it_was_addressed_to(page, product, ok_oce):
    await sign_in(page, "manajer")
    answer = await page.request.get("/api/v1/handoffs?partner=ptsp&limit=1")
    [handoff] = (await answer.json())["items"]
    await page.goto(f"/staff/cases/{handoff['case_number']}")
    office = f"PTSP kecamatan {ok_oce.areas.name(handoff['office'])}"
    await expect(page.get_by_role("cell", name=office).first).to_be_visible()
    await expect(page.get_by_text(f"Rujukan disiapkan untuk {office}").first).to_be_visible()


async def test_the_products_that_are_offered_are_those_of_the_chosen_lender(page, product):
    await sign_in(page, "manajer")
    headers, number = manager_of(product), await first_case(page, "stage=p5&status=active")
    await skip(page, headers, number, "p6")
    await skip(page, headers, number, "p5")
    await has_come_to(page, number, "p7.choose")
    await page.goto("/staff/queues/p7")
    await page.locator("tr.pick", has_text=number).click()
    panel = page.locator("aside.panel")
    await panel.get_by_role("button", name="Ambil", exact=True).click()
    products = panel.locator("#f-loan_product option")
    await panel.locator("#f-lender").select_option("lpdb")
    await expect(products).to_have_text(["Pilih …", "Pinjaman dana bergulir"])
    await panel.locator("#f-loan_product").select_option("revolving")
    await panel.locator("#f-lender").select_option("bri")
    await expect(products).to_have_text(["Pilih …", "Kredit mikro", "Kredit usaha rakyat (KUR)"])
    await expect(panel.locator("#f-loan_product")).to_have_value("")


async def test_a_reviewer_merges_a_double_and_each_case_leads_to_the_other(page, product):
    headers = manager_of(product)
    siti = {"name": "Siti Kembar", "district": "Gambir", "birth_date": "1980-01-05", "phone": "0812 9999 0001"}
    numbers = []
    for nik in ("3171014501800901", "3171014501800902"):
        made = await page.request.post("/api/v1/registrations", headers=headers, data=siti | {"nik": nik})
        numbers.append((await made.json())["case_number"])
    await sign_in(page, "manajer")
    await has_come_to(page, numbers[1], "p1.review")
    await page.goto("/staff/queues/p1")
    await page.locator("tr.pick", has_text=numbers[1]).click()
    panel = page.locator("aside.panel")
    await panel.get_by_role("button", name="Ambil", exact=True).click()
    await expect(panel.locator("#f-possible_duplicate_of")).to_have_value(numbers[0])
    await panel.locator("#f-identity_seen").select_option("ya")
    await panel.locator("#f-possible_duplicate_of").fill("OKO-2018-999999")
    await panel.get_by_role("button", name="Orang yang sama").click()
    await expect(panel.locator("#f-possible_duplicate_of-error")).to_contain_text("tidak ditemukan")
    await panel.locator("#f-possible_duplicate_of").fill(numbers[0])
    await panel.get_by_role("button", name="Orang yang sama").click()
    await expect(page.get_by_text("Selesai: Siti Kembar")).to_be_visible()
    await page.goto(f"/staff/cases/{numbers[0]}")
    await page.get_by_role("link", name=f"Orang yang sama: {numbers[1]}").click()
    await expect(page).to_have_url(re.compile(numbers[1]))
    await expect(page.get_by_text(f"Orang yang sama: digabungkan ke berkas {numbers[0]}")).to_be_visible()
    await expect(page.get_by_role("link", name=f"Orang yang sama: {numbers[0]}")).to_be_visible()

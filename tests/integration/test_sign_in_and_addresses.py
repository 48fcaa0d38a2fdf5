"""Signing in: the language that was chosen before stays; addresses that lead nowhere are told to strangers and to machines."""

from models.services import access
from models.services.actor import Role
from tests.people import PASSWORD, staff

LOGIN = {"email": "sari.programme_manager@example.org", "password": PASSWORD}


async def test_the_language_chosen_before_signing_in_stays(api, session, programme):
    await staff(session, Role.PROGRAMME_MANAGER)
    assert (await api.post("http://test/locale", data={"locale": "en", "back": "/login"})).status_code == 303
    assert "Sign in" in (await api.get("http://test/login")).text
    await api.post("http://test/login", data=LOGIN)
    assert [person.locale for person in await access.people_with_role(session, "programme_manager")] == ["en"]


async def test_a_choice_of_language_that_is_no_text_is_refused(api):
    answer = await api.post("http://test/locale", content=b"locale=\xff\xfe&back=/")
    assert (answer.status_code, "UTF-8" in answer.text, "set-cookie" in answer.headers) == (422, True, False)


async def test_who_never_chose_a_language_keeps_the_stored_one(api, session, programme):
    await access.set_locale(session, await staff(session, Role.PROGRAMME_MANAGER), "en")
    await session.commit()
    await api.post("http://test/login", data=LOGIN)
    assert [person.locale for person in await access.people_with_role(session, "programme_manager")] == ["en"]


async def test_strangers_are_asked_to_sign_in_and_the_public_gets_a_plain_page(api):
    answer = await api.get("http://test/staff/nosuch")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/staff/nosuch")
    plain = await api.get("http://test/nosuch", headers={"Cookie": "langkah_lang=en"})
    assert (plain.status_code, "Not found" in plain.text, "<script" in plain.text) == (404, True, False)


async def test_the_api_says_whether_the_path_or_the_method_is_wrong(api):
    for method, path, status in (("GET", "/nosuch", 404), ("PUT", "/tasks", 405), ("DELETE", "/cases/OKO-2018-000001", 405)):
        answer = await api.request(method, path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")

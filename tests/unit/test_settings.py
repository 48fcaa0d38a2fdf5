"""A setting that is wrong is named in one sentence that says what is expected."""

import pytest

from models.errors import SettingsError
from models.settings import Settings, get_settings


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "abc"), ("PORT", "70000"), ("SECRET_KEY", "short"), ("SMTP_URL", "mail"), ("LOG_LEVEL", "LOUD"), ("DEMO", "perhaps")],
)
def test_a_wrong_setting(monkeypatch, name, value):
    monkeypatch.setenv(f"LANGKAH_{name}", value)
    expected = Settings.model_fields[name.lower()].description
    get_settings.cache_clear()
    with pytest.raises(SettingsError) as refused:
        get_settings()
    get_settings.cache_clear()
    assert refused.value.message == f"LANGKAH_{name}: cannot be used (expected: {expected})"


def test_all_settings_say_what_is_expected():
    assert all(field.description for field in Settings.model_fields.values())

"""Settings from environment variables `LANGKAH_…` or a `.env` file."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.errors import SettingsError


class Settings(BaseSettings):
    """All settings of one process; partner settings are read by name with `partner_setting`."""

    model_config = SettingsConfigDict(env_prefix="LANGKAH_", env_file=".env", extra="ignore")

    database_url: str | None = Field(default=None, description="postgresql://user:password@host/db; empty: embedded")
    data_dir: Path = Field(default=Path(".langkah"), description="a directory that Langkah may own")
    port: int = Field(default=8080, ge=1, le=65535, description="a TCP port from 1 to 65535")
    host: str = Field(default="127.0.0.1", description="the address to listen on")
    base_url: str | None = Field(default=None, description="the address that people see, e.g. https://programme.example")
    secret_key: str | None = Field(default=None, min_length=32, description="at least 32 random characters")
    smtp_url: str | None = Field(default=None, pattern=r"^smtps?://", description="smtp://user:password@host:port")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")
    log_format: Literal["console", "json"] = Field(default="console", description="console or json")
    runs_kept_days: int = Field(default=3, ge=0, description="days that Prefect's runs are kept which ended well, 0 or more")
    failed_runs_kept_days: int = Field(default=30, ge=0, description="days that failed and crashed runs are kept, 0 or more")
    demo: bool = Field(default=False, description="true or false; demo mode: sandbox partners, demo clock, logins on the login page")

    def public_url(self) -> str:
        """Return the address that people see, without a trailing slash."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")


def partner_setting(name: str, key: Literal["URL", "TOKEN", "WEBHOOK_SECRET"]) -> str | None:
    """Return `LANGKAH_PARTNER_<NAME>_<KEY>`, or None when it is not set."""
    return os.environ.get(f"LANGKAH_PARTNER_{name.upper()}_{key}")


@lru_cache
def get_settings() -> Settings:
    """Read the settings once per process. Raises SettingsError naming the variable and what is expected."""
    try:
        return Settings()
    except ValidationError as error:
        lines = []
        for item in error.errors():
            name = str(item["loc"][0]) if item["loc"] else "?"
            field = Settings.model_fields.get(name)
            lines.append(f"LANGKAH_{name.upper()}: cannot be used (expected: {field.description if field else 'another value'})")
        raise SettingsError("; ".join(lines)) from None

"""The web application for tests that speak HTTP to it in process; NiceGUI allows one for each process."""

from functools import cache

from fastapi import FastAPI

from ui.main import create_app


@cache
def app() -> FastAPI:
    """The application; it uses the database that the test is connected to."""
    return create_app("postgresql://unused")

"""A staff page that cannot be drawn: said in the person's language within the frame, never in the words of a program."""

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from nicegui import Client, ui

from models.db import AWAY, fault
from models.errors import Invalid, LangkahError, NotSignedIn, Unexpected
from models.language import BOTH
from ui.api.errors import BAD_VALUE
from ui.desk import Desk
from ui.i18n import both
from ui.pages.missing import missing_page
from ui.problems import where
from ui.public.drawing import render

log = logging.getLogger(__name__)
Draw = Callable[..., Awaitable[Any]]


def kindly(draw: Draw) -> Draw:
    """The page, and when it raises, a page that says so; a database that is away and an ended session are told elsewhere."""

    @wraps(draw)
    async def page(request: Request, *arguments: Any, **named: Any) -> Any:
        try:
            return await draw(request, *arguments, **named)
        except NotSignedIn:
            raise
        except LangkahError as error:
            return await _told(request, error)
        except Exception as error:
            whose = fault(error)
            if whose == "value":
                return await _told(request, Invalid(BAD_VALUE))
            if whose == "outage":
                raise
            log.error("a page broke: %s\n%s", type(error).__name__, where(error))
            return await _told(request, Unexpected(both("trouble_page").in_(BOTH)))

    return page


async def _told(request: Request, error: LangkahError) -> Response:
    """A page of its own, since the one that broke is half drawn; without the frame when that cannot be drawn either."""
    try:
        with Client(ui.page(""), request=request) as client:
            await missing_page(Desk.of(request), error)
        return client.build_response(request, error.status)
    except AWAY:
        raise
    except Exception as second:
        log.error("the frame broke: %s", type(second).__name__)
        return render(request, "trouble.html", 500)

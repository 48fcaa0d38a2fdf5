"""Giving the focus to what is just being drawn: it is looked for until it is there."""

import json

from nicegui import Client

FOCUS = """(id => { let left = 40;
  const look = () => {
    const there = document.getElementById(id);
    if (there && there.offsetParent !== null) there.focus(); else if (left--) setTimeout(look, 25);
  };
  setTimeout(look, 25);
})(%s)"""


def focus_soon(client: Client, element_id: str) -> None:
    """Focus an element of a page as soon as it can be seen; the client is named, since what was clicked may be gone by now."""
    client.run_javascript(FOCUS % json.dumps(element_id))

"""The pages: knobs on one side, what they give on the other; one file a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI


def register(app: FastAPI) -> None:
    """Tell the server which pages there are, and where files are sent to."""
    from acanthite.lab.pages import array, chip, device, file, network
    from acanthite.lab.pages.widgets import upload

    app.add_api_route(upload.PATH + "/{key}", upload.take, methods=["POST"])

    for page in (device, file, array, network, chip):
        page.register()

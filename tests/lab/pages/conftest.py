"""A lab that runs, and a headless Chromium to open it with."""

import importlib.util
import shutil
import socket
import subprocess
import sys

import pytest

PATIENCE = 120_000  # ms; a first view compiles


def _missing():
    """Return what the tests of the pages lack, None if nothing."""
    for name in ("nicegui", "playwright"):
        if importlib.util.find_spec(name) is None:
            return f"{name} is not installed"
    return None if shutil.which("chromium") else "chromium is not installed"


@pytest.fixture(scope="session")
def lab_url():
    """Start ``acanthite lab``; return the address it prints."""
    if reason := _missing():
        pytest.skip(reason)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "acanthite", "lab", "--no-browser", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield server.stdout.readline().split()[-1]
    finally:
        server.terminate()
        server.wait(20)
        server.stdout.close()


@pytest.fixture(scope="session")
def chromium():
    """Return a headless browser."""
    if reason := _missing():
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def context(chromium, lab_url):
    """Return a browser's profile that has been let in."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(lab_url)
    page.close()
    yield context
    context.close()


@pytest.fixture
def tab(context):
    """Return a function that opens a page in a tab; no tab may complain or look elsewhere."""
    complaints = []

    def note(message):
        if message.type == "error" and "413" not in message.text:
            complaints.append(message.text)

    def look(request):
        if not request.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            complaints.append(f"asked for {request.url}")

    def opened(url):
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", look)
        page.goto(url)
        page.wait_for_selector(".lab-knob input")
        return page

    yield opened
    assert complaints == []

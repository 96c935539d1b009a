"""The pages in a browser: knobs, curves, files, tabs, small screens."""

import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.slow  # a browser and a server: every week, and where the lab changes

PAGES = ("/", "/file", "/array", "/network", "/chip")
SWEEP = "voltage (V),current (A)\n" + "\n".join(
    f"{v / 100:.2f},{v * 1e-7:.3e}"
    for v in [*range(0, -41, -1), *range(-40, 41), *range(40, -1, -1)]
)


@pytest.fixture
def origin(lab_url):
    """Return scheme, host and port of the lab."""
    parts = urlsplit(lab_url)
    return f"{parts.scheme}://{parts.netloc}"


def curve(page):
    """Return the pixels of the first chart."""
    return page.evaluate("document.querySelector('.lab-chart canvas').toDataURL()")


def _status_of_too_much(page, address):
    """Return the answer to a body over the limit: a status, or that the server did not listen on."""
    from playwright.sync_api import Error

    try:
        return page.request.post(address, data=bytes(8_000_001)).status
    except Error as error:
        return "hung up" if "ECONNRESET" in str(error) or "EPIPE" in str(error) else str(error)


def wait_for_view(page):
    """Wait until the first view is on the page."""
    page.wait_for_selector(".lab-table td")
    page.wait_for_function("document.querySelector('.lab-status').innerText === ''")
    page.wait_for_timeout(300)


def wait_for_another(page, before):
    """Wait until the first chart is another than before."""
    page.wait_for_function(
        "before => document.querySelector('.lab-chart canvas').toDataURL() !== before", arg=before
    )


def test_a_stranger_stays_outside(origin):
    for address in (origin, f"{origin}/?token=guess", f"{origin}/_nicegui_ws/socket.io/"):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(address)


def test_the_token_leaves_the_address(context, lab_url, origin):
    page = context.new_page()
    page.goto(lab_url)
    assert page.url == f"{origin}/"
    assert page.evaluate("document.cookie") == ""


def test_a_knob_turned_by_keyboard_changes_the_curve(tab, origin):
    page = tab(origin)
    wait_for_view(page)
    before = curve(page)
    page.get_by_label("sweep to ±", exact=True).focus()
    page.keyboard.press("End")
    wait_for_another(page, before)
    assert page.get_by_label("sweep to ±, number").input_value() == "1.5"
    page.wait_for_function("document.body.innerText.includes('first=-1.5')")


def test_a_wrong_number_is_one_line_beside_its_knob(tab, origin):
    page = tab(origin)
    wait_for_view(page)
    before = curve(page)
    field = page.get_by_label("film thickness, number")
    field.fill("5")
    line = page.locator("#knob-film_thickness-error")
    page.wait_for_function("document.querySelector('#knob-film_thickness-error').innerText")
    assert line.inner_text() == "film thickness (=5 nm) must be from 20 to 400 nm"
    assert curve(page) == before
    field.fill("120")
    wait_for_another(page, before)
    assert line.inner_text() == ""


def test_the_parameters_can_be_saved(tab, origin):
    page = tab(origin)
    wait_for_view(page)
    before = curve(page)
    page.get_by_label("film thickness, number").fill("120")
    wait_for_another(page, before)
    with page.expect_download() as download:
        page.get_by_role("button", name="save the parameters").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert "\nfilm_thickness = 1.2e-07" in text


def test_two_tabs_have_knobs_of_their_own(tab, origin):
    first, second = tab(origin), tab(origin)
    wait_for_view(first)
    wait_for_view(second)
    before = curve(second)
    first_before = curve(first)
    first.get_by_label("film thickness, number").fill("200")
    wait_for_another(first, first_before)
    assert curve(second) == before
    assert second.get_by_label("film thickness, number").input_value() == "50"


def test_a_good_file_is_drawn_and_a_broken_one_explained(tab, origin, tmp_path):
    page = tab(f"{origin}/file")
    empty = curve(page)
    good = tmp_path / "good.csv"
    good.write_text(SWEEP)
    page.set_input_files("input[type=file]", good)
    wait_for_another(page, empty)
    assert "The twin is swept from 0 to -0.4 V, to 0.4 V" in page.inner_text("main")
    broken = tmp_path / "broken.csv"
    broken.write_text("voltage (V),current (A)\n0,1e-6\n1,oops,3\n")
    page.set_input_files("input[type=file]", broken)
    line = page.locator(".lab-upload .lab-error")
    page.wait_for_function("document.querySelector('.lab-upload .lab-error').innerText")
    assert line.inner_text().startswith("broken.csv")
    assert "Traceback" not in page.inner_text("body")


def test_a_file_that_is_too_large_is_refused_here_and_there(tab, origin, tmp_path):
    page = tab(f"{origin}/file")
    large = tmp_path / "large.csv"
    large.write_bytes(bytes(8_000_001))
    page.set_input_files("input[type=file]", large)
    page.wait_for_function("document.querySelector('.lab-upload .lab-error').innerText")
    assert "is larger than 8 MB" in page.inner_text(".lab-upload")
    assert _status_of_too_much(page, f"{origin}/upload/any") in (413, "hung up")
    assert page.request.post(f"{origin}/upload/any", data=b"1").status == 404


def test_a_network_learns_live(tab, origin):
    pytest.importorskip("sklearn")
    page = tab(f"{origin}/network")
    page.get_by_label("algorithm").select_option("floating")
    page.get_by_label("epochs, number").fill("3")
    page.get_by_role("button", name="learn").click()
    page.wait_for_function("document.body.innerText.includes('Done.')")
    assert "test images right" in page.inner_text("main")


def test_no_page_is_wider_than_a_phone(tab, origin):
    for path in PAGES:
        page = tab(origin + path)
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        page.close()


def test_every_control_has_a_name(tab, origin):
    """Native inputs, each with a label that a screen reader says."""
    nameless = """[...document.querySelectorAll('input, select, button')].filter(
        e => !(e.labels && e.labels.length) && !e.ariaLabel && !e.innerText.trim()).length"""
    for path in PAGES:
        page = tab(origin + path)
        assert page.evaluate(nameless) == 0, path
        page.close()

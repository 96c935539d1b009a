from __future__ import annotations

import re
from html.parser import HTMLParser

import fakes
import pytest

from acanthite.figures import Outcome, Settings, select
from acanthite.parameters import AG2S, load
from acanthite.report import reproduce
from acanthite.report.page import label
from acanthite.report.rendering import typeset

_VOID = {"meta", "img", "br", "hr", "link", "input"}


class Page(HTMLParser):
    """A page taken apart: ids, links, resources; wrong nesting fails."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids, self.links, self.resources, self.stack, self.alts = [], [], [], [], []
        self.feed(text)
        assert self.stack == []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if "href" in given else []
        self.resources += [given["src"]] if "src" in given else []
        self.alts += [given["alt"]] if tag == "img" else []
        assert tag not in ("script", "link", "iframe", "object")
        if tag not in _VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag


@pytest.fixture
def report(tmp_path, fake_figures):
    """Return a function that makes a report and returns its text."""

    def make(settings=None, only=None, **special):
        fake_figures(**special)
        return reproduce(settings or Settings(), only, tmp_path / "run").folder.report.read_text(
            encoding="utf-8"
        )

    return make


@pytest.mark.long
def test_it_is_one_file_that_asks_the_network_for_nothing(report):
    text = report(only=["fig2", "fig4"])
    page = Page(text)
    assert len(page.resources) == len(select(["fig2", "fig4"]))
    assert all(uri.startswith("data:image/") for uri in page.resources)
    beside = [link for link in page.links if not link.startswith(("#", "https://doi.org/"))]
    assert beside == [f"figures/{name}.csv" for name in select(["fig2", "fig4"])]
    assert "url(" not in text
    assert "@import" not in text


@pytest.mark.long
def test_every_link_inside_leads_somewhere_and_ids_are_unique(report):
    wrong = fakes.module("fig2g", fakes.compute("fig2g", 0.5))
    page = Page(report(only=["fig2", "noteS1"], fig2g=wrong))
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


@pytest.mark.long
def test_every_picture_says_what_is_to_be_seen(report):
    names = select(["fig2", "fig4"])
    page = Page(report(only=["fig2", "fig4"]))
    assert len(page.alts) == len(names)
    for name, alt in zip(names, page.alts, strict=True):
        assert alt.startswith(f"Loops of {name}. ")
        assert "against" in alt
        assert alt not in (f"Title of {name}", f"Caption of {name}.")


def test_tables_lie_where_the_page_links_them(report, tmp_path):
    page = Page(report(only=["fig2c"]))
    (link,) = [link for link in page.links if link.endswith(".csv")]
    rows = (tmp_path / "run" / link).read_text(encoding="utf-8").splitlines()
    assert rows[0] == "panel,series,x_axis,x,y_axis,y,y_low,y_high"
    assert len(rows) == 1 + 3 * 50  # points of three cycles


def test_a_miss_is_in_a_list_of_its_own(report):
    text = report(only=["fig2"], fig2g=fakes.module("fig2g", fakes.compute("fig2g", 0.5)))
    section = re.search(r'<section id="misses">.*?</section>', text, re.DOTALL)
    assert section is not None
    assert "write-read cycles without a failure" in section[0]
    assert "50\u202f%" in section[0]
    assert text.index(section[0]) < text.index('<section class="figures">')


def test_without_a_miss_there_is_no_such_list(report):
    assert 'id="misses"' not in report(only=["fig2c"])


def test_what_the_user_gave_is_escaped(report, tmp_path):
    file = tmp_path / "<b>&.toml"
    file.write_text(
        '[filament]\ntemperature = { value = 310, source = "<script>", where = "a & b" }'
    )
    text = report(Settings(parameters=load(file, AG2S)), ["fig2c"])
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert "Ag<sub>2</sub>S with &lt;b&gt;&amp;.toml" in text
    Page(text)


def test_a_traceback_is_shown_and_escaped(report):
    def fail(settings, progress):
        raise RuntimeError("<boom>")

    text = report(only=["fig2c"], fig2c=fakes.module("fig2c", fail))
    assert "RuntimeError: &lt;boom&gt;" in text
    assert "<boom>" not in text
    Page(text)


def test_only_what_was_used_is_in_the_bibliography(report):
    text = report(only=["fig2c"])
    assert 'id="ref-Wang2004"' in text
    assert 'id="ref-LeCun1998"' not in text
    assert text.index('id="ref-Zhu2025"') < text.index('id="ref-Wang2004"')
    assert "https://doi.org/10.1109/TIP.2003.819861" in text


def test_a_quick_run_says_so(report):
    assert "A quick run" in report(Settings(quick=True), ["fig2c"])


def test_versions_seed_and_parameters_are_told(report):
    import numpy as np

    text = report(Settings(seed=4711), ["fig2c"])
    for told in (
        "4711",
        np.__version__,
        "filament.site_number",
        "built-in photograph",
        "Fig.\u00a0S16",
    ):
        assert told in text


@pytest.mark.long
def test_a_picture_with_many_points_is_inlined_as_png(report):
    def crowd(outcome: Outcome):
        from acanthite.drawing import new_figure

        figure, ax = new_figure()
        ax.scatter(range(8000), range(8000), c=[i / 8000 for i in range(8000)])
        return figure

    text = report(only=["fig2c", "fig2d"], fig2c=fakes.module("fig2c", draw=crowd))
    assert [uri[:15] for uri in Page(text).resources] == ["data:image/png;", "data:image/svg+"]
    assert len(text) < 1_000_000


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("fig2c", "Fig.\u00a02c"),
        ("figS16", "Fig.\u00a0S16"),
        ("noteS1", "Note\u00a0S1"),
        ("tableS1", "Table\u00a0S1"),
        ("fig4iExplanation", "Fig.\u00a04i, explanation"),
        ("extraRate", "Extra: Rate"),
        ("extraSetTime", "Extra: Set time"),
        ("text", "Text"),
    ],
)
def test_label(name, shown):
    assert label(name) == shown


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("Ag2S on SiO2", "Ag<sub>2</sub>S on SiO<sub>2</sub>"),
        ("C_v(G_max) of V_th", "<i>C</i><sub>v</sub>(<i>G</i><sub>max</sub>) of <i>V</i><sub>th</sub>"),
        ("+-0.3 V at 10 uA, 5 x 5 um2", "±0.3 V at 10 µA, 5 × 5 µm²"),
        ("in 0.25 mm2", "in 0.25 mm²"),
        ("160 C, 12.5 %", "160\u202f°C, 12.5\u202f%"),
        ("0 -> -1 V, 1-100 fJ, 4-inch", "0 → −1 V, 1–100 fJ, 4-inch"),
        ("1e4 cycles, 3e-7 of it", "10<sup>4</sup> cycles, 3 × 10<sup>−7</sup> of it"),
        ("it tells us: a < b & fig2c_loops", "it tells us: a &lt; b &amp; fig2c_loops"),
    ],
)  # fmt: skip
def test_typeset(plain, html):
    assert str(typeset(plain)) == html

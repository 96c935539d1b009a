"""How the documentation is built: ``scripts/build_docs``."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import os
import re
from pathlib import Path

import acanthite

HERE = Path(__file__).parent
ROOT = HERE.parent

project = "acanthite"
author = "The acanthite developers"
copyright = author
version = release = acanthite.__version__

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
    "sphinx_design",
]
source_suffix = {".md": "myst-nb", ".rst": "restructuredtext"}
exclude_patterns = ["_build", "conf.py", "images", "inventories"]
_QUICK = bool(os.environ.get("DOCS_WITHOUT_REFERENCE"))
if _QUICK:
    exclude_patterns += ["reference/*.rst", "reference/generated"]
root_doc = "index"

# pages
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "substitution"]
myst_heading_anchors = 4
suppress_warnings = ["mystnb.unknown_mime_type"]

# notebooks: tutorials are Python files with cells, executed anew where the package changed
nb_custom_formats = {".py": ["jupytext.reads", {"fmt": "py:percent"}]}
nb_execution_mode = os.environ.get("DOCS_EXECUTION", "cache")
nb_execution_raise_on_error = True
nb_execution_timeout = 600
nb_execution_excludepatterns: list[str] = []
nb_merge_streams = True
nb_execution_in_temp = True


def _package_hash() -> str:
    total = hashlib.sha256()
    for path in sorted((ROOT / "src").rglob("*.py")):
        total.update(path.read_bytes())
    return total.hexdigest()[:12]


nb_execution_cache_path = str(HERE / "_build" / f"jupyter-{_package_hash()}")

# the reference: each name once, in the room that has it in its __all__
autosummary_generate = True
autodoc_typehints = "none"  # numpydoc says them
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
python_use_unqualified_type_names = True
nitpick_ignore_regex = [("py:.*", ".*")]  # types in words: "array_like", "path_like"

# other projects' names: small lists beside this file, so that a build needs no network
intersphinx_mapping = {
    name: (url, None if os.environ.get("DOCS_ONLINE") else f"inventories/{name}.inv")
    for name, url in {
        "python": "https://docs.python.org/3",
        "numpy": "https://numpy.org/doc/stable",
        "xarray": "https://docs.xarray.dev/en/stable",
    }.items()
    if os.environ.get("DOCS_ONLINE") or (HERE / "inventories" / f"{name}.inv").exists()
}
linkcheck_ignore = [] if os.environ.get("DOCS_ONLINE") else [r"https?://"]
extlinks: dict[str, tuple[str, str]] = {}

# the site
html_theme = "furo"
html_title = f"acanthite {release}"
html_static_path = ["_static"]
html_css_files = ["acanthite.css"]
html_show_sourcelink = False
html_copy_source = False
_MATHJAX = HERE / "_static" / "mathjax" / "tex-mml-chtml.js"
if _MATHJAX.exists():  # scripts/build_docs brings it, so that formulae show without a network
    mathjax_path = "mathjax/tex-mml-chtml.js"

_ROOMS = (
    "film",
    "device",
    "measurement",
    "analysis",
    "synapse",
    "fitting",
    "crossbar",
    "wafer",
    "inference",
    "nn",
    "torch",
    "cost",
    "studies",
    "explore",
    "claims",
    "figures",
    "report",
    "lab",
    "parameters",
    "quantities",
    "threads",
    "constants",
    "errors",
)


def write_reference() -> None:
    """Write a page for each room that lists the names it has in its ``__all__``."""
    folder = HERE / "reference"
    folder.mkdir(exist_ok=True)
    for room in _ROOMS:
        module = importlib.import_module(f"acanthite.{room}")
        about = (module.__doc__ or "").partition("\n\n")[0]
        names = sorted(_public(module), key=str.lower)
        rows = "\n".join(f"   {name}" for name in names)
        _write(
            folder / f"{room}.rst",
            f"{room}\n{'=' * len(room)}\n\n{about}\n\n.. currentmodule:: acanthite.{room}\n\n"
            f".. autosummary::\n   :toctree: generated\n   :nosignatures:\n\n{rows}\n",
        )
    pages = "\n".join(_ROOMS)
    _write(
        folder / "index.md",
        "# Reference\n\nEvery public name, by room, in the order of the data's way.\n\n"
        f"```{{toctree}}\n:maxdepth: 1\n\n{pages}\n```\n",
    )


def _public(module: object) -> list[str]:
    named = getattr(module, "__all__", None)
    if named is None:
        own = getattr(module, "__name__", "")
        named = [
            name
            for name, what in vars(module).items()
            if not name.startswith("_") and getattr(what, "__module__", "") == own
        ]
    return [
        name
        for name in named
        if inspect.isclass(getattr(module, name)) or inspect.isroutine(getattr(module, name))
    ]


_KERNEL = """# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

"""


def write_gallery() -> None:
    """Write a page for each script of ``examples/``, which is executed in the build."""
    folder = HERE / "gallery"
    folder.mkdir(exist_ok=True)
    names = []
    for path in sorted((ROOT / "examples").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        docstring = re.match(r'"""(.+?)"""', text, re.DOTALL)
        assert docstring, f"{path}: begins with no docstring"
        title, _, rest = " ".join(docstring[1].split()).rstrip(".").partition(": ")
        about = f"# {rest[0].upper()}{rest[1:]}.\n#\n" if rest else ""
        code = text[docstring.end() :].strip()
        _write(
            folder / f"{path.stem}.py",
            f"{_KERNEL}# %% [markdown]\n# # {title}\n#\n{about}# `examples/{path.name}`\n\n# %%\n{code}\n",
        )
        names.append(path.stem)
    pages = "\n".join(names)
    _write(
        folder / "index.md",
        "# Gallery\n\nThe scripts of `examples/`, as they ran when these pages were built.\n\n"
        f"```{{toctree}}\n:maxdepth: 1\n\n{pages}\n```\n",
    )


def _write(path: Path, text: str) -> None:
    """Write a page where it changed, so that a second build is a short one."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


if _QUICK:
    (HERE / "reference").mkdir(exist_ok=True)
    _write(HERE / "reference" / "index.md", "# Reference\n\nNot part of a quick build.\n")
else:
    write_reference()
write_gallery()

"""Text of a law that came with a file: what computes is compiled, and nothing else of it ever runs."""

import math
import sys

import numpy as np
import pytest

from acanthite.device import VTEAM, law
from acanthite.device.compiler.portable import portable_text
from acanthite.device.compiler.restricted import functions
from acanthite.errors import LawError
from acanthite.measurement import Instrument, Sweep, run

QUIET = Instrument("quiet", 0.1, 0.0, 0.0)
RAN = "import sys; sys.modules['a_law_ran'] = sys"
DO = "().__class__"

PLAIN = {
    "helpers": """import math
SHARP = 2.0

def left(w):
    return 0.5 - 0.5 * w

def f(w, p):
    return p.a * left(w) ** SHARP, -math.exp(p.b)
""",
    "branches": """def f(w, p):
    x = w
    if w > 0.0 and not w >= 0.5:
        x += p.a
    elif w < -0.5:
        x = -x
    else:
        x, y = 1.0, 2.0
    return x if p.a else 0.0, -abs(x)
""",
    "numpy": "import numpy as np\n\ndef f(w, p):\n    return np.exp(w) * np.pi, -np.minimum(w, p.a)\n",
    "from": "from math import exp as e, pi\n\ndef f(w, p):\n    return e(w) * pi, -max(w, p.a, p.b)\n",
    "event": "def f(k, z):\n    return z[0] + z[5], -z[2]\n",
    "docstrings": '"""Of a file."""\n\ndef f(w, p):\n    """Of a function."""\n    return w, -w\n',
}  # fmt: skip


@pytest.mark.parametrize("text", PLAIN.values(), ids=PLAIN.keys())
def test_plain_arithmetic_is_taken(text):
    made = functions(text, ("a", "b"))["f"]
    again, (name,) = portable_text(made)
    assert name == "f"
    assert portable_text(functions(again, ("a", "b"))["f"]) == (again, ["f"])


def body(line):
    return f"def f(w, p):\n    {line}\n    return w, -w\n"


MALICIOUS = {
    "import": f"{RAN}\n\n{body('pass')}",
    "import os": "import os\nos.system('true')\n",
    "from os": "from os import system\n",
    "from dots": "from . import x\n",
    "submodule": "import numpy.random\n",
    "aliased import": "import os as math\n",
    "numpy function": "import numpy as np\n\n" + body("w = np.load('x')"),
    "numpy random": "import numpy as np\n\n" + body("w = np.random.rand()"),
    "numpy ctypes": "import numpy as np\n\n" + body("w = np.ctypeslib"),
    "math factorial": "import math\n\n" + body("w = math.factorial(99999999)"),
    "dunder walk": body("x = ().__class__.__base__.__subclasses__()"),
    "dunder of argument": body("x = p.__class__"),
    "dunder name": body("x = __builtins__"),
    "dunder import": body("x = __import__('os')"),
    "dunder number": "__all__ = 1\n" + body("x = 1.0"),
    "globals": body("x = f.__globals__"),
    "getattr": body("x = getattr(p, 'a')"),
    "eval": body("x = eval('1')"),
    "exec": body("exec('1')"),
    "open": body("open('x')"),
    "print": body("print(w)"),
    "other attribute": body("x = w.real"),
    "attribute of attribute": body("x = p.a.real"),
    "attribute of a call": body("x = abs(w).real"),
    "method": body("x = p.a()"),
    "decorator": f"@({DO})\n" + body("x = 1.0"),
    "default": f"def f(w, p=[{DO}]):\n    return w, -w\n",
    "keyword default": f"def f(w, *, p={DO}):\n    return w, -w\n",
    "annotation": f"def f(w: {DO}, p):\n    return w, -w\n",
    "return annotation": f"def f(w, p) -> {DO}:\n    return w, -w\n",
    "annotated assignment": body(f"x: {DO} = 1.0"),
    "star arguments": "def f(*w):\n    return w\n",
    "double star": "def f(w, **p):\n    return w, -w\n",
    "starred call": body("x = max(*p)"),
    "named call": body("x = max(w, key=f)"),
    "comprehension": body("x = [i for i in range(9)]"),
    "generator": body("x = max(i for i in p)"),
    "set comprehension": body("x = {i for i in p}"),
    "f-string": body("x = f'{p.a!r}'"),
    "format": body("x = '{0.__class__}'.format(p)"),
    "string": body("x = 'a'"),
    "bytes": body("x = b'a'"),
    "complex": body("x = 1j"),
    "ellipsis": body("x = ..."),
    "none": body("x = None"),
    "lambda": body("x = (lambda: 1.0)()"),
    "walrus": body("x = (y := 1.0)"),
    "list": body("x = [1.0] * 999999999"),
    "dictionary": body("x = {1.0: 2.0}"),
    "slice": body("x = p[0:9]"),
    "index": body("x = p[999999999]"),
    "negative index": body("x = p[-1]"),
    "computed index": body("x = p[int(w)]"),
    "write by index": body("p[0] = 1.0"),
    "write to attribute": body("p.a = 1.0"),
    "add to attribute": body("p.a += 1.0"),
    "starred target": body("x, *y = 1.0, 2.0"),
    "delete": body("del w"),
    "global": body("global f"),
    "nonlocal": body("nonlocal w"),
    "assert": body("assert w"),
    "raise": body("raise w"),
    "try": body("try:\n        x = w\n    except:\n        x = w"),
    "with": body("with w:\n        x = 1.0"),
    "while": body("while True:\n        x = 1.0"),
    "for": body("for i in range(10**9):\n        x = 1.0"),
    "match": body("match w:\n        case 1.0:\n            x = 1.0"),
    "yield": body("yield w"),
    "await": "async def f(w, p):\n    await w\n",
    "nested function": body("def g():\n        return 1.0"),
    "class": "class f:\n    x = print('ran')\n",
    "call at the top": "print('ran')\n" + body("x = 1.0"),
    "number by call": f"X = {DO}\n" + body("x = 1.0"),
    "arithmetic at the top": "X = 9 ** 9 ** 9 ** 9\n" + body("x = 1.0"),
    "two names at the top": "X = Y = 1.0\n" + body("x = 1.0"),
    "if at the top": "if True:\n    import os\n",
    "recursion": "def f(w, p):\n    return f(w, p)\n",
    "mutual recursion": "def f(w, p):\n    return g(w, p)\n\ndef g(w, p):\n    return f(w, p)\n",
    "a function for another": "def abs(w):\n    return w\n",
    "a function twice": body("x = 1.0") + "\n" + body("x = 1.0"),
    "a module for a name": "import math\n\n" + body("math = w"),
    "a function as a variable": body("max = w"),
    "call of an argument": body("x = w(1.0)"),
    "call of a local": body("x = abs\n    y = x(1.0)"),
    "module as attribute owner of argument": "import math\n\ndef f(math, p):\n    return math.exp, 1.0\n",
    "floor division": body("x = w // 0.1"),
    "shift": body("x = 1 << 999999999"),
    "bits": body("x = 1 | 2"),
    "matrix product": body("x = w @ w"),
    "is": body("x = w is w"),
    "in": body("x = w in p"),
    "whole number bomb": body(f"x = {'9' * 400}"),
    "too long": "#" * 30_000,
    "too many parts": "def f(w, p):\n    return " + " + ".join(["w"] * 5000) + ", 1.0\n",
    "too deep": "def f(w, p):\n    return " + "(" * 90 + "w" + " + 1.0)" * 90 + ", 1.0\n",
    "far too deep": "def f(w, p):\n    return " + "-" * 9000 + "w, 1.0\n",
    "brackets": "(" * 9000,
    "billion laughs": "def f0(w):\n    return w + 1.0\n"
    + "".join(f"\ndef f{k + 1}(w):\n    return f{k}(w) + f{k}(w)\n" for k in range(60)),
    "zero byte": "x = 1\0",
    "type alias": "type X = int\n",
    "empty body": "def f(w, p):\n    pass\n",
    "semicolons": "def f(w, p): import os; return w, -w\n",
    "bare name": body("os"),
    "conditional import": body("if w:\n        import os"),
    "tuple of calls": body("x = (print(w), 1.0)"),
    "coding": "# -*- coding: utf-7 -*-\n+AG8-s",
}  # fmt: skip


@pytest.mark.parametrize("text", MALICIOUS.values(), ids=MALICIOUS.keys())
def test_nothing_else_runs(text, monkeypatch, capsys):
    def never(*_):
        raise AssertionError("it was run")

    monkeypatch.setattr("acanthite.device.compiler.restricted._made", never)
    with pytest.raises(LawError, match="source of a law") as caught:
        functions(text, ("a", "b"))
    assert "\n" not in str(caught.value)
    assert capsys.readouterr().out == ""
    assert "a_law_ran" not in sys.modules


@pytest.mark.parametrize("text", [None, 3, ["x"], b"x"])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(LawError, match=r"source of a law is a .*; expected text"):
        functions(text, ())


def test_what_is_made_sees_no_more_than_it_may():
    made = functions(PLAIN["helpers"], ("a", "b"))["f"]
    assert "open" not in made.__globals__["__builtins__"]
    with pytest.raises(ImportError):
        made.__globals__["__builtins__"]["__import__"]("os")


def test_trusted_text_is_run_whatever_it_is():
    made = functions("def f(w, p):\n    return [w for _ in range(2)][0], -w\n", (), trust=True)
    assert made["f"](1.0, None) == (1.0, -1.0)
    with pytest.raises(LawError, match="source of a law cannot be run: ZeroDivisionError"):
        functions("1 / 0\n", (), trust=True)


TABLE, LIMIT = 2.0, math.inf


def _helper(x, p):
    return math.tanh(p.rate * x) * TABLE


@law(state="x", parameters={"rate": 2.0, "g": 1e-3})
def scripted(x, voltage, p):
    """Return dx/dt and the current."""
    return -_helper(voltage, p) * np.exp(-x), min(voltage, LIMIT) * p.g * (1.0 + x)


@pytest.mark.parametrize("device", [scripted, VTEAM], ids=["own", "vteam"])
def test_a_law_as_text_gives_the_same_bits(device):
    text, (name, same) = portable_text(device.rates, device.current)
    assert name == same
    made = functions(text, (*device.parameters, *device.state_names))[name]
    from dataclasses import replace

    again = replace(device, rates=made, current=made)
    program = Sweep(-0.4, 0.4, step=0.05)
    a, b = (
        run(d.sample(2, seed=1), program, instrument=QUIET)["current"].values
        for d in (device, again)
    )
    assert np.array_equal(a, b)
    assert again.kernel().name == device.kernel().name

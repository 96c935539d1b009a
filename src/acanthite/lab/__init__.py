"""The lab: a local web page where knobs are turned and the physics is seen at once.

``views/`` are functions from knobs to what is shown, without a page; ``pages/`` lay them out, one
file a page; ``server/`` lets one browser in and keeps the others out. Pages need ``pip install
'acanthite[lab]'``; views do not.
"""

from acanthite.lab.server.address import Address
from acanthite.lab.server.serve import serve
from acanthite.lab.views.device import DEVICE_KNOBS, DeviceView, device_view
from acanthite.lab.views.knobs import Knob

__all__ = ["DEVICE_KNOBS", "Address", "DeviceView", "Knob", "device_view", "serve"]

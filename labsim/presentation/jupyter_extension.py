"""What Jupyter Server loads: ``jupyter server extension enable labsim.presentation.jupyter_extension``.

Takes: the server application. Gives: the session named in ``LABSIM_SANDBOX`` under ``/labsim/``.
"""

from typing import Any

from labsim.presentation.sandbox.debrief import debrief_html
from labsim.presentation.sandbox.pages import pages
from labsim.sandbox.extension import add


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "labsim.presentation.jupyter_extension"}]


def _load_jupyter_server_extension(app: Any) -> None:
    add(app, pages(), debrief_html)

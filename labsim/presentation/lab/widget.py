"""The lab inside a notebook: one widget that carries the page.

Takes: a language. Gives: a widget to be shown in JupyterLab, Notebook or Voila. Its script and
style travel with it; nothing is asked from the internet.
"""

from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from labsim.foundations.errors import InputError
from labsim.foundations.i18n import language
from labsim.foundations.paths import store_folder
from labsim.presentation.lab.page import LabPage
from labsim.presentation.lab.view import View
from labsim.presentation.look import style
from labsim.results.store import RunStore


class Lab(anywidget.AnyWidget):
    """The policymaker's lab as a widget.

    Attributes:
        page: what is shown before the first message.
    """

    _esm = files("labsim.presentation").joinpath("templates", "lab.js").read_text(encoding="utf-8")
    _css = style("lab.css")
    page = traitlets.Unicode().tag(sync=True)

    def __init__(self, view: View, store: RunStore | None = None) -> None:
        """Open the lab on a view."""
        self.lab = LabPage(self._post, view, store)
        super().__init__(page=self.lab.shell())
        self.on_msg(self._got)

    def _post(self, message: dict[str, Any]) -> None:
        self.send(message)

    def _got(self, widget: object, content: dict[str, Any], buffers: object) -> None:
        self.lab.heard(content)

    def close(self) -> None:
        """Stop all work and let the widget go."""
        self.lab.close()
        super().close()


def explore(lang: str | None = None) -> Lab:
    """Open the policymaker's lab: move a lever, see a verdict, hand on a brief.

    Args:
        lang: in which it opens, ``zh`` or ``en``; the reader's when left out. There is a switch on the page.
    """
    try:
        store = RunStore(store_folder())
    except InputError:  # a folder that cannot be used costs the keeping of runs, never the lab
        store = None
    return Lab(View(lang="zh" if (lang or language()) == "zh" else "en"), store)

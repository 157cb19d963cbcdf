"""The same session inside a real Jupyter Server, which gives players nothing of Jupyter."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from labsim.sandbox.client import Client
from labsim.sandbox.room import opened_log
from tests.sandbox.kit import small_text


@pytest.mark.slow
def test_a_session_inside_jupyter(tmp_path: Path):
    log = opened_log(tmp_path / "s.db", small_text(), 7, ["甲队"])
    code = log.head()["code"]
    log.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folders = {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    with (tmp_path / "log").open("w", encoding="utf-8") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--ServerApp.port={port}",
             "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={tmp_path}",
             "--ServerApp.jpserver_extensions={'labsim.presentation.jupyter_extension': True}",
             "--IdentityProvider.token=secret"],
            env={**os.environ, **folders, "LABSIM_SANDBOX": str(tmp_path / "s.db")}, stdout=out, stderr=out,
        )  # fmt: skip
        try:
            one = Client(f"http://127.0.0.1:{port}/labsim/")
            end = time.monotonic() + 300
            status = 0
            while status != 200 and time.monotonic() < end:
                assert child.poll() is None, (tmp_path / "log").read_text(encoding="utf-8")
                try:
                    status, _ = one.ask("api/public")
                except OSError:
                    time.sleep(0.3)
            assert status == 200, (tmp_path / "log").read_text(encoding="utf-8")[-2000:]
            assert one.join(code, "甲队", "secretary", "王")[0] == 200
            assert one.view()["phase"] == "lobby"
            assert one.ask("")[0] == 200
            # The seat opens nothing else.
            jupyter = Client(f"http://127.0.0.1:{port}/")
            jupyter._open = one._open
            assert jupyter.ask("api/kernels")[0] == 403
            assert jupyter.ask("api/contents")[0] == 403
        finally:
            child.terminate()
            child.wait(60)

"""A real Chroma server on this machine, which a test starts, stops and starts again."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

_COMMAND = Path(sys.executable).with_name("chroma")


class ChromaServer:
    """`chroma run` over a folder, always on the same port."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self._process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self._process = subprocess.Popen(
            [_COMMAND, "run", "--path", self.folder, "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.url}/api/v2/heartbeat", timeout=5).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("chroma run did not start")

    def stop(self):
        if self._process:
            self._process.kill()
            self._process.wait(10)
            self._process = None

"""The real program on a database of its own, for tests that speak to it as the outside world does."""
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("TASUKI_PROGRAM", str(ROOT / "build/dev/app/tasuki"))
DEMO = os.environ.get("TASUKI_DEMO", str(ROOT / "build/dev/demo/tasuki-demo"))
DOCTOR = "minato-hosp/tanaka"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`with Server() as server:` — started, signed in, and gone with its folder at the end. `settings`: further ones,
    `environment`: of each of its lives."""

    def __init__(self, feeds=("minato-hosp",), settings="", environment=None):
        self.environment = environment or {}
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tasuki-e2e-"))
        self.port = free_port()
        self.feeds = {name: free_port() for name in feeds}
        self.process = None
        more = settings
        settings = (ROOT / "demo/minato.toml").read_text(encoding="utf-8")
        settings = settings.replace("@PORT@", str(self.port)).replace("@DATA@", str(self.folder))
        for old, port in self._ports(settings):
            settings = settings.replace(f"port = {old}\n", f"port = {port}\n")
        (self.folder / "ssmix2").mkdir()
        (self.folder / "tasuki.toml").write_text(settings + more, encoding="utf-8")

    def _ports(self, settings):
        """The fixed MLLP ports of the demo's settings, each with a free one in its place."""
        import re
        self.mllp = {}
        pairs = []
        for feed, port in re.findall(r'id = "([\w.-]+)"(?:(?!\[\[feed\]\]).)*?\bport = (\d+)', settings, re.S):
            self.mllp[feed] = free_port()
            pairs.append((port, self.mllp[feed]))
        return pairs

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def launch(self, **environment):
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen([PROGRAM, "serve", "--settings", str(self.folder / "tasuki.toml")],
                                            stdout=log, stderr=log, env={**os.environ, **self.environment, **environment})

    def answers(self):
        """True as soon as it does, False when it has ended."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                return False
            try:
                if self.request("GET", "/health")[0] == 200:
                    return True
            except OSError:
                time.sleep(0.01)  # not listening yet: there is no event to wait for from outside
        raise RuntimeError("the server does not answer: " + self.log())

    def start(self):
        self.launch()
        if not self.answers():
            raise RuntimeError("the server ended: " + self.log())

    def log(self):
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")[-4000:]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
                raise RuntimeError("the server did not stop when asked to")

    def request(self, method, path, body=None, headers=None, connection=None):
        """(status, headers, parsed JSON or text)"""
        own = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        data = json.dumps(body, ensure_ascii=False).encode() if isinstance(body, (dict, list)) else body
        own.request(method, path, data, headers or {})
        answer = own.getresponse()
        text = answer.read().decode("utf-8")
        if connection is None:
            own.close()
        try:
            return answer.status, answer.headers, json.loads(text)
        except ValueError:
            return answer.status, answer.headers, text

    def sign_in(self, account=DOCTOR):
        status, headers, body = self.request("POST", "/signin/demo", {"account": account},
                                             {"Content-Type": "application/json", "X-Tasuki": "1"})
        if status != 204:
            raise RuntimeError(f"sign-in: {status} {body}")
        return {"Cookie": headers["Set-Cookie"].split(";")[0], "X-Tasuki": "1", "Content-Type": "application/fhir+json"}


class Mllp:
    """One MLLP connection; send() returns the answer's bytes."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.left = b""

    def send(self, message):
        self.socket.sendall(b"\x0b" + message + b"\x1c\r")
        while b"\x1c\r" not in self.left:
            part = self.socket.recv(65536)
            if not part:
                raise ConnectionError("closed before the answer")
            self.left += part
        answer, self.left = self.left.split(b"\x1c\r", 1)
        return answer.lstrip(b"\x0b")

    def close(self):
        self.socket.close()


class Checks:
    """Counts facts; a failed one is printed and remembered."""

    def __init__(self):
        self.passed = self.failed = 0

    def that(self, fact, what):
        if fact:
            self.passed += 1
        else:
            self.failed += 1
            print("FAILED:", what)

    def done(self):
        print(f"{self.passed} checks passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0

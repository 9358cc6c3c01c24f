"""`make app` against hostile and careless visitors: a real server, HTTP, and a websocket client."""

import asyncio
import json
import re
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from secrets import token_hex
from urllib.parse import quote

import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from servers import Server, clean_environment
from tornado.websocket import websocket_connect

from tools import app
from tools.notebook_files import METADATA, write

pytestmark = pytest.mark.xdist_group("app")  # one process runs them all: what they share is slow to make

PATIENCE = 20  # seconds until a test gives up; no test asserts how long anything takes
PAGE = """\
import os
from nnlib.widgets import ValueSlider, play
play(lambda figure, units: f"{units} units of " + os.environ["NNLIB_TRIAL_LOGS"],
     [ValueSlider("units", "hidden units", 10, (1, 10, 100))], name="page")"""

TOKEN = "abc"
SERVE = "import sys; from tools.app import serve; serve(sys.argv[1:])"


@contextmanager
def serving(folder, *options, token=""):
    """Run `make app`'s command on a folder of two small pages, one of them faulty."""
    (folder / "pages").mkdir(parents=True)
    for name, code in (("Page", PAGE), ("Faulty", "def secret():\n    1 / 0\nsecret()")):
        write(new_notebook(cells=[new_code_cell(code)], metadata=METADATA), folder / "pages" / f"{name}.ipynb")

    def command(port, _):
        own = [f"--port={port}", f"--token={token}", "--no-browser", *options]
        return [sys.executable, "-c", SERVE, str(folder / "pages"), *own]

    server = Server(folder, command, clean_environment(folder))
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    limits = ["--Kernels.per_address=2", "--Kernels.most=3", "--Kernels.cull_idle_timeout=600"]
    with serving(tmp_path_factory.mktemp("app"), *limits) as started:
        yield started


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A server with a token and room for one page."""
    with serving(tmp_path_factory.mktemp("guarded"), "--Kernels.most=1", token=TOKEN) as started:
        yield started


def fetch(server, path, **options):
    """Return (status, reason, text) of a request without cookies."""
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/{path}", **options)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.reason, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.reason, error.read().decode()


def open_page(server, **options):
    """Return the id of a new kernel that has run a page."""
    return re.search(r'"kernelId": "([\w-]+)"', fetch(server, "voila/render/Page.ipynb", **options)[2])[1]


def close_page(server, kernel, **options):
    """Do what a browser does when its tab is closed."""
    return fetch(server, f"voila/api/shutdown/{kernel}", method="POST", **options)[0]


@pytest.fixture(scope="module")
def page(server):
    """The kernel of a page that stays open: one of the two that an address may have."""
    kernel = open_page(server)
    yield kernel
    close_page(server, kernel)


def processes(server):
    return [psutil.Process(server.process.pid), *psutil.Process(server.process.pid).children()]


class Visitor:
    """A websocket to a page's kernel, in the old protocol, whose binary messages start with 4 big-endian bytes."""

    def __init__(self, channels):
        self._channels = channels

    async def send(self, kind, **content):
        names = {"msg_id": token_hex(8), "msg_type": kind}  # a message that is the same again is dropped
        header = names | {"session": "s", "username": "u", "date": "", "version": "5.3"}
        rest = {"parent_header": {}, "metadata": {"version": "1.0.0"}, "channel": "shell"}
        await self._channels.write_message(json.dumps({"header": header, "content": content, **rest}))

    async def message(self, wanted):
        """Return the first comm message for which `wanted(data)` is true."""
        while True:
            raw = await asyncio.wait_for(self._channels.read_message(), PATIENCE)
            if isinstance(raw, bytes):
                raw = raw[int.from_bytes(raw[4:8], "big") : int.from_bytes(raw[8:12], "big")]
            message = json.loads(raw)
            if message["header"]["msg_type"] == "comm_msg" and wanted(message["content"]["data"]):
                return message["content"]["data"]

    async def states(self):
        """Return all widgets' states by id; the pictures make the answer binary."""
        await self.send("comm_open", comm_id="c", target_name="jupyter.widget.control", data={})
        await self.send("comm_msg", comm_id="c", data={"method": "request_states"})
        answer = await self.message(lambda data: data.get("method") == "update_states")
        return {name: widget["state"] for name, widget in answer["states"].items()}


def visit(server, kernel, talk=Visitor.states):
    """Return the result of `talk`, a coroutine function, with a visitor who is connected to a kernel."""

    async def connected():
        channels = await websocket_connect(f"ws://127.0.0.1:{server.port}/api/kernels/{kernel}/channels")
        try:
            return await talk(Visitor(channels))
        finally:
            channels.close()
            while await channels.read_message() is not None:
                pass

    return asyncio.run(connected())


def test_a_binary_message_of_the_old_protocol_does_not_hang_the_server(server, page):
    states = visit(server, page)
    assert any(state["_model_name"] == "ImageModel" for state in states.values())
    assert fetch(server, "")[0] == 200


def test_a_value_out_of_range_is_refused_whatever_the_browser_says(server, page):
    async def talk(visitor):
        box = next(k for k, v in (await visitor.states()).items() if v["_model_name"] == "FloatTextModel")
        for state in ({"value": 400000, "max": 400000}, {"value": 7}):
            await visitor.send("comm_msg", comm_id=box, data={"method": "update", "state": state, "buffer_paths": []})
        line = await visitor.message(lambda data: "units of" in str(data.get("state", {}).get("value")))
        return line["state"]["value"]

    assert "7 units of" in visit(server, page, talk)  # the first picture that is described: 400,000 was not drawn


def test_closing_a_page_ends_its_kernel(server, page):
    before = len(processes(server))
    kernel = open_page(server)
    assert len(processes(server)) == before + 1
    assert fetch(server, f"api/kernels/{kernel}")[0] == 200
    assert close_page(server, kernel) == 204
    assert fetch(server, f"api/kernels/{kernel}")[0] == 404
    assert len(processes(server)) == before


def test_a_kernel_that_nobody_is_connected_to_ends(tmp_path):
    assert 0 < app.Kernels().cull_idle_timeout <= 300
    with serving(tmp_path, "--Kernels.cull_interval=1", "--Kernels.cull_idle_timeout=5") as server:
        kernel, deadline = open_page(server), time.monotonic() + PATIENCE
        while fetch(server, f"api/kernels/{kernel}")[0] != 404:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_a_visitor_has_a_limited_number_of_pages(server, page):
    second = open_page(server)
    status, reason, text = fetch(server, "voila/render/Page.ipynb")
    assert (status, reason) == (429, "You have 2 pages open. Please close one and reload this one")
    assert reason in text
    close_page(server, second)
    assert close_page(server, open_page(server)) == 204


def test_all_visitors_together_have_a_limited_number_of_pages(guarded):
    allowed = {"headers": {"Authorization": f"token {TOKEN}"}}
    kernel = open_page(guarded, **allowed)
    status, reason, _ = fetch(guarded, "voila/render/Page.ipynb", **allowed)
    assert (status, reason) == (503, "All 1 pages that fit this machine are open. Please try again later")
    close_page(guarded, kernel, **allowed)
    close_page(guarded, open_page(guarded, **allowed), **allowed)


def test_memory_is_limited(server, page):
    for process in processes(server):
        assert process.rlimit(psutil.RLIMIT_DATA) == (app.PROCESS_BYTES, app.PROCESS_BYTES)
    assert 1 <= app.Kernels().most <= psutil.virtual_memory().total // app.PAGE_BYTES


def test_a_visitor_sees_no_traceback(server):
    _, _, text = fetch(server, "voila/render/Faulty.ipynb")
    assert "There was an error when executing cell" in text
    for word in ("Traceback", "ZeroDivisionError", "secret", "voila --", "show_tracebacks"):
        assert word not in text
    assert "ZeroDivisionError" in server.log.read_text()
    close_page(server, re.search(r'"kernelId": "([\w-]+)"', text)[1])


def test_a_visitors_runs_stay_out_of_the_lecturers_trial_logs(server, page):
    folder = re.search(r"units of ([^<]+)<", str(visit(server, page)))[1]
    assert folder.endswith(f"trial_logs-{page}")
    assert "voila_" in folder  # Voila's own, which it deletes when it stops


def test_no_page_offers_to_set_a_password(server, guarded):
    assert fetch(server, "login")[0] == 404
    status, _, text = fetch(guarded, "login")
    assert status == 200
    assert "token" in text
    assert "new_password" not in text


def test_no_page_needs_the_internet(server, page):
    for path in ("", "voila/render/Page.ipynb"):
        _, _, text = fetch(server, path)
        links = re.findall(r"<(?:script|link|img)\b[^>]*(?:src|href)=.https?:[^>]*", text)
        assert [link for link in links if 'rel="none"' not in link] == []
        assert not re.search(r"""(import|from)\s*\(?['"]https?:""", text)
        if kernel := re.search(r'"kernelId": "([\w-]+)"', text):
            close_page(server, kernel[1])


def test_the_first_page_lists_the_pages_by_title(tmp_path, server):
    app.write_pages(tmp_path)
    text = fetch(server, "")[2]
    assert re.findall(r"<a href=\"([^\"]+)\">([^<]+)</a>", text) == [
        (f"/voila/render/{quote(name)}.ipynb", name) for name in ("Faulty", "Page")
    ]

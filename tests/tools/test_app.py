"""`make app`: its pages, and the command that serves them."""

import asyncio
import ipaddress
import os
import socket
from types import SimpleNamespace

import nbformat
import pytest

from nnlib.widgets.panel import Panel
from tools import app, kernels
from tools.notebook_files import WIDGET_VIEW, code_cells, read


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("app")
    app.write_pages(made)
    return made


def test_there_is_a_page_for_each_notebook_with_an_explorer(folder):
    assert sorted(path.stem for path in folder.iterdir()) == sorted(app.PAGES)
    assert sorted(title.split()[0] for title in app.PAGES) == ["Q1", "Q2", "Q3", "Q4", "Q5", "Q7"]
    for path in folder.iterdir():
        nbformat.validate(read(path))


def test_every_explorer_of_a_page_exists():
    for explorers in app.PAGES.values():
        for name in explorers.values():
            module, _, function = name.partition(":")
            made = vars(__import__(f"nnlib.homework.{module}", fromlist=[function]))[function]
            assert callable(made)
            if isinstance(made, type):
                assert issubclass(made, Panel)


def test_a_page_shows_its_explorers(folder, tmp_path):
    notebook = read(folder / "Q1 Layers.ipynb")
    asyncio.run(kernels.execute(notebook, folder, variables={"NNLIB_TRIAL_LOGS": str(tmp_path)}))
    for cell in code_cells(notebook):
        assert [WIDGET_VIEW in output.get("data", {}) for output in cell.outputs] == [True, False, False]


def test_pages_are_the_same_every_time(folder, tmp_path):
    for path in app.write_pages(tmp_path):
        assert path.read_bytes() == (folder / path.name).read_bytes()


def test_the_server_has_its_template_and_takes_more_options(tmp_path, monkeypatch):
    started = []
    monkeypatch.setenv("JUPYTER_PATH", "mine")
    monkeypatch.setattr(app.resource, "setrlimit", lambda *limits: None)
    monkeypatch.setattr(app, "kernel_websocket_handler", SimpleNamespace())
    monkeypatch.setattr(app.AppServer, "launch_instance", started.append)
    app.serve([str(tmp_path), "--port=9999"])
    ((*options, folder, last),) = started
    assert (folder, last) == (str(tmp_path), "--port=9999")
    assert "--template=homework" in options
    assert not any("strip_sources=False" in word for word in options)
    assert os.environ["JUPYTER_PATH"].split(os.pathsep) == [str(app.TEMPLATES), "mine"]
    assert (app.TEMPLATES / "voila" / "templates" / "homework" / "index.html.j2").exists()


@pytest.mark.parametrize("message", [b"", b"\0\0\0\2", b"\xff" * 8, bytes([0, 0, 0, 2, 0, 0, 0, 12]) + b"{}" * 9])
def test_only_messages_of_the_new_protocol_have_a_header_to_read(message):
    assert app.read_header(message) is None


def test_the_header_of_the_new_protocol_is_read():
    parts = [b"shell", b'{"msg_type": "execute_input"}', b"{}", b"{}", b"{}"]
    offsets = [8 * (2 + len(parts)) + sum(map(len, parts[:i])) for i in range(len(parts) + 1)]
    numbers = b"".join(number.to_bytes(8, "little") for number in (len(offsets), *offsets))
    assert app.read_header(numbers + b"".join(parts)) == {"msg_type": "execute_input"}


@pytest.mark.parametrize(("ip", "shown"), [("0.0.0.0", "192.0.2.7"), ("127.0.0.1", "127.0.0.1"), ("::1", "::1")])
def test_the_printed_link_has_an_address_that_a_phone_resolves(monkeypatch, ip, shown):
    monkeypatch.setattr(app, "own_address", lambda: "192.0.2.7")
    server = app.AppServer(ip=ip, port=8866)
    server.identity_provider = type("NoToken", (), {"token": ""})
    assert server.display_url == f"http://{shown}:8866/"


def test_own_address_is_an_ip_address_or_the_machines_name():
    address = app.own_address()
    assert address == socket.gethostname() or ipaddress.ip_address(address).version == 4

"""Ctrl-C while the notebooks run: the kernel is stopped, and the message says so."""

import os
import signal
import threading
import time

import pytest
from nbclient import NotebookClient
from runner_workplace import Workplace

ENDLESS = ("import os, time\nopen('pid', 'w').write(str(os.getpid()))", "time.sleep(600)")


@pytest.fixture
def place(tmp_path):
    return Workplace(tmp_path)


def kernel_stopped(place, capsys):
    """Check that a run ends as after Ctrl-C, and that its kernel does too."""
    place.add("q1_first", *ENDLESS)
    assert threading.current_thread() is threading.main_thread()  # it alone receives signals
    assert place.run() == 130
    message = capsys.readouterr().err
    assert "Interrupted; the kernel is stopped" in message
    assert "Traceback" not in message
    with pytest.raises(ProcessLookupError):
        os.kill(int((place.notebooks / "pid").read_text()), 0)


def test_ctrl_c_stops_the_kernel(place, capsys):
    def press():
        marker = place.notebooks / "pid"
        while not (marker.exists() and marker.read_text()):
            time.sleep(0.02)
        time.sleep(0.2)  # now the second cell sleeps, and the event loop waits
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press, daemon=True)
    thread.start()
    kernel_stopped(place, capsys)
    thread.join()


def test_ctrl_c_while_a_reply_is_polled_stops_the_kernel(place, capsys, monkeypatch):
    """The signal comes in the task that polls for the kernel's reply, not while the event loop waits."""
    poll_for_reply = NotebookClient._async_poll_for_reply

    async def interrupted(client, message, cell, *arguments):
        if "sleep" in cell.source:
            signal.raise_signal(signal.SIGINT)
        return await poll_for_reply(client, message, cell, *arguments)

    monkeypatch.setattr(NotebookClient, "_async_poll_for_reply", interrupted)
    kernel_stopped(place, capsys)

"""A real browser, and a JupyterLab and a Voila on loopback, each with its own port and token.

Without Chromium these tests are skipped, and the end of the run says so; NNLIB_REQUIRE_BROWSER=1 makes that a failure.
"""

import os
import re
import shutil
import sys

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from pages import CommittedPage, LabPage, VoilaPage
from playwright.sync_api import expect, sync_playwright
from servers import Server, clean_environment

from nnlib.storage import REPOSITORY
from tools import app
from tools.notebook_files import METADATA, write

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
REQUIRED = os.environ.get("NNLIB_REQUIRE_BROWSER", "") not in ("", "0")
FLAGS = [
    "--no-sandbox",  # Chromium refuses to run as root with it
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
NOTEBOOKS = {
    "q1": "from nnlib.homework.stepper import ConvolutionStepper\n\nConvolutionStepper()",
    "q4": "from nnlib.homework.explorers import q4_explorer\n\nq4_explorer()",
    "q5": "from nnlib.homework.explorers import q5_explorer\n\nq5_explorer()",
}
NEEDS = "needs Chromium"

expect.set_options(timeout=30_000)  # a hang fails; what a user is promised in seconds is compared in its own test


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Let one process of xdist run all tests of a server, or of the book, which is then started or built once."""
    for item in items:
        group = {"lab", "voila", "html"} & {*item.fixturenames, *re.findall(r"lab|voila", item.name.partition("[")[2])}
        item.add_marker(pytest.mark.xdist_group(min(group, default="pages from disk")))


def pytest_runtest_setup(item):
    if CHROMIUM is None:
        if REQUIRED:
            pytest.fail("NNLIB_REQUIRE_BROWSER is set and there is no Chromium.", pytrace=False)
        pytest.skip(NEEDS)


def pytest_terminal_summary(terminalreporter):
    left_out = [report for report in terminalreporter.stats.get("skipped", []) if NEEDS in str(report.longrepr)]
    if left_out:
        terminalreporter.section("BROWSER TESTS LEFT OUT", sep="!", red=True, bold=True)
        terminalreporter.line(f"There is no Chromium here, so {len(left_out)} tests did not run:")
        terminalreporter.line(", ".join(report.nodeid.rpartition("::")[2] for report in left_out))
        terminalreporter.line("Install Debian's chromium, or Google Chrome, and run make test again.")
        terminalreporter.section("BROWSER TESTS LEFT OUT", sep="!", red=True, bold=True)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    for stem, code in NOTEBOOKS.items():
        cells = [new_code_cell(code), new_code_cell("6 * 7")]
        write(new_notebook(cells=cells, metadata=METADATA), folder / "notebooks" / f"{stem}.ipynb")
    for stem in CommittedPage.cells:
        shutil.copy(REPOSITORY / "notebooks" / f"{stem}.ipynb", folder / "notebooks")
    # Otherwise JupyterLab removes cells that are out of view from the page, and the tests look for one.
    settings = folder / "settings" / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"windowingMode": "none"}')
    config = folder / "config" / "labconfig" / "page_config.json"
    config.parent.mkdir(parents=True)
    config.write_text(
        '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}'
    )  # they need the internet

    def command(port, token):
        options = [f"--port={port}", f"--IdentityProvider.token={token}", "--no-browser", "--allow-root"]
        options += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={folder / 'notebooks'}"]
        return [sys.executable, "-m", "jupyterlab", *options]

    server = Server(folder, command, clean_environment(folder))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def voila(tmp_path_factory):
    folder = tmp_path_factory.mktemp("voila")
    app.write_pages(folder / "pages")

    def command(port, token):
        options = [f"--port={port}", f"--token={token}", "--no-browser", "--Voila.ip=127.0.0.1"]
        serve = "import sys; from tools.app import serve; serve(sys.argv[1:])"
        options += ["--Kernels.per_address=100", "--Kernels.most=100"]  # Playwright's tabs do not say that they close
        return [sys.executable, "-c", serve, str(folder / "pages"), *options]

    server = Server(folder, command, clean_environment(folder))
    yield server
    server.stop()


@pytest.fixture(params=["lab", "voila"])
def open_page(request, browser):
    """Return a function that opens the explorer of a question, in JupyterLab or as a page of `make app`."""
    server = request.getfixturevalue(request.param)
    opened = []

    def open_question(question):
        tab = browser.new_page(viewport={"width": 1280, "height": 800})
        opened.append((LabPage if request.param == "lab" else VoilaPage)(tab, server, question))
        return opened[-1]

    yield open_question
    for page in opened:
        page.tab.close()

"""Papers: authors, year and address belong together wherever one is named, and every link from the text is known."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
ARXIV = "https://arxiv.org/abs/"
JORDAN, HE, BATCH_NORM = (ARXIV + number for number in ("2404.00498", "1502.01852", "1502.03167"))
DROPOUT = "https://jmlr.org/papers/v15/srivastava14a.html"

# By authors and year the address, "" where none is given.
PAPERS = {
    "Breiman et al. 1984": "",
    "Cohen et al. 2021": f"{ARXIV}2103.00065",
    "DAWNBench 2018": "https://www.fast.ai/posts/2018-04-30-dawnbench-fastai.html",
    "DeVries and Taylor 2017": f"{ARXIV}1708.04552",
    "Gilmer et al. 2021": f"{ARXIV}2110.04369",
    "Glorot and Bengio 2010": "https://proceedings.mlr.press/v9/glorot10a.html",
    "He et al. 2015": HE,
    "Hendrycks and Gimpel 2016": f"{ARXIV}1606.08415",
    "Ioffe and Szegedy 2015": BATCH_NORM,
    "Jordan 2024": JORDAN,
    "Kingma and Ba 2015": f"{ARXIV}1412.6980",
    "Krizhevsky 2009": "https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf",
    "LeCun et al. 1998": "http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf",
    "McNemar 1947": "https://doi.org/10.1007/BF02295996",
    "Polyak 1964": "",
    "Simonyan and Zisserman 2015": f"{ARXIV}1409.1556",
    "Smith and Topin 2017": f"{ARXIV}1708.07120",
    "Srivastava et al. 2014": DROPOUT,
    "Szegedy et al. 2016": f"{ARXIV}1512.00567",
    "Tieleman and Hinton 2012": "",
}
# What a link without a year says, and its address.
LINKS = {
    "*Deep Learning*, section 7.12": "https://www.deeplearningbook.org/contents/regularization.html",
    "He et al.": HE,
    "He's scale": HE,
    "McNemar's test": PAPERS["McNemar 1947"],
    "How to Train Your ResNet": "https://github.com/davidcpage/cifar10-fast",
    "PyTorch": "https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html",
    "airbench": "https://github.com/KellerJordan/cifar10-airbench",
    "hlb-CIFAR10": "https://github.com/tysam-code/hlb-CIFAR10",
    "normalised over the batch": BATCH_NORM,
    "the original kind": DROPOUT,
}
CITED = re.compile(
    r"((?:[A-Z]\w+ and )?[A-Z]\w+(?: et al\.)?)(?:'s)?(?: test)?,? "  # authors
    r'\(?(?:[A-Z]{3,} (?:\d+, )?|"[^"]+", )?((?:19|20)\d\d)\b(?!-)'  # where it appeared, the year
)
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((https?://[^)\s]+)\)")
BESIDE = re.compile(r"\)?\]\((https?://[^)\s]+)\)|, (arXiv:[\d.]*\d)")
YEAR = re.compile(r"(?<![\w/-])(?:19|20)\d\d(?=[)\],;:.] ?|$)")


def texts():
    """Yield (file, text) of what is written in words, or as code with words in it; each on one line."""
    pages = [*ROOT.glob("*.md"), ROOT / "datasets/README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("course/*.toml")]
    for path in (*pages, *ROOT.glob("nnlib/**/*.py")):
        yield str(path.relative_to(ROOT)), " ".join(path.read_text(encoding="utf-8").split())
    for path in sorted((ROOT / "notebooks").rglob("q*.ipynb")):
        cells = (cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown")
        yield path.name, " ".join("\n".join(cells).split())


TEXTS = dict(texts())


def citations():
    """Yield (file, authors and year, the address beside them or "")."""
    for name, text in TEXTS.items():
        for found in CITED.finditer(text):
            beside = BESIDE.match(text, found.end())
            link = (beside[1] or beside[2].replace("arXiv:", ARXIV)) if beside else ""
            yield name, f"{found[1]} {found[2]}", link


CITATIONS = sorted(citations())


@pytest.mark.parametrize(("name", "paper", "link"), CITATIONS)
def test_a_paper_has_its_authors_its_year_and_its_address(name, paper, link):
    assert paper in PAPERS
    assert link in ("", PAPERS[paper])


def test_every_year_in_words_is_that_of_a_paper():
    for name in (name for name in TEXTS if name.endswith((".md", ".ipynb"))):
        text = CITED.sub("", TEXTS[name])
        assert [text[found.start() - 40 : found.end()] for found in YEAR.finditer(text)] == [], name


def test_every_number_of_arxiv_is_that_of_a_paper_beside_it():
    numbers = sum(len(re.findall(r"arXiv:\d", text)) for text in TEXTS.values())
    assert numbers == sum(link.startswith(ARXIV) and name.endswith(".py") for name, _, link in CITATIONS)


@pytest.mark.parametrize("name", [name for name in TEXTS if name.endswith(".ipynb")])
def test_a_link_leads_to_what_it_says(name):
    for label, link in LINK.findall(TEXTS[name]):
        cited = CITED.search(label)
        assert link == (PAPERS[f"{cited[1]} {cited[2]}"] if cited else LINKS[label]), label


def test_every_paper_and_link_of_the_tables_is_in_use():
    assert {paper for _, paper, _ in CITATIONS} == PAPERS.keys()
    assert LINKS.keys() <= {label for text in TEXTS.values() for label, _ in LINK.findall(text)}

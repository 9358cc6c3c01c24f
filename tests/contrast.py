"""Which lines and texts of a figure can hardly be told from what they are drawn on, for the tests under any style."""

import numpy as np
from matplotlib.colors import to_rgba

LINE, TEXT = 0.15, 0.4
"""The least difference in lightness, of 0 to 1, between a line or a text and its background."""

STYLES = ("default", "dark_background", "Solarize_Light2")


def low_contrast(figure):
    """Return a description of each line and text of `figure` that has too little contrast."""
    page = _over(figure.get_facecolor(), None, np.ones(3))
    faults = []
    for ax in figure.axes:
        face = _over(ax.get_facecolor(), None, page) if ax.axison else page
        outside = [ax.title, *((ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels()) if ax.axison else ())]
        inside = [(text, _under(ax, text, face)) for text in ax.texts]
        legend = ax.get_legend()
        if legend is not None:
            frame = _over(legend.get_frame().get_facecolor(), None, face)
            inside += [(text, frame) for text in legend.get_texts()]
            inside += [(line, frame) for line in legend.get_lines()]
        for artist, ground in [*((text, page) for text in outside), *((line, face) for line in ax.lines), *inside]:
            faults += _fault(artist, ground)
    return faults


def _fault(artist, ground):
    is_text = hasattr(artist, "get_text")
    difference = abs(_lightness(_over(artist.get_color(), artist.get_alpha(), ground)) - _lightness(ground))
    name = artist.get_text() if is_text else artist.get_label()
    return [f"{name!r}: {difference:.2f}"] if difference < (TEXT if is_text else LINE) else []


def _under(ax, text, face):
    """Return the colour of the image and the patches that lie under a text, from the lowest to the highest."""
    at = text.get_transform().transform(text.get_position())
    for image in ax.images:
        left, right, bottom, top = image.get_extent()
        start, end = (bottom, top) if image.origin == "lower" else (top, bottom)
        place = (ax.transData.inverted().transform(at) - (left, start)) / (right - left, end - start)
        if ((place >= 0) & (place < 1)).all():
            column, row = (place * image.get_array().shape[1::-1]).astype(int)
            face = _over(image.to_rgba(image.get_array())[row, column], None, face)
    for patch in ax.patches:
        if patch.contains_point(at) and patch.get_fill():
            face = _over(patch.get_facecolor(), None, face)
    return face


def _over(colour, alpha, ground):
    *rgb, opacity = to_rgba(colour, alpha)
    return opacity * np.array(rgb) + (1 - opacity) * ground


def _lightness(rgb):
    return float(np.dot((0.2126, 0.7152, 0.0722), rgb))

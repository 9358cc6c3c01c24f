"""The one style sheet of the explorers; every panel brings it along."""

LIVE = "nnlib-live"
"""The class of a panel whose widgets are alive."""

TABLE = "nnlib-trials"

CELL, USE = 72, 56  # pixels: a column of the table of trials, and its buttons

SHEET = f"""<style>
/* The plain copy behind a panel is for readers without widgets: where this rule is, there are some. */
.jp-OutputArea-child:has(.{LIVE}) + .jp-OutputArea-child {{ display: none }}
.{LIVE} {{ overflow: visible }}
.{LIVE} .widget-html-content {{ line-height: 1.4 }}
.{LIVE} button:focus-visible, .{LIVE} .noUi-handle:focus-visible {{ outline: 2px solid #0072B2; outline-offset: 1px }}
.{TABLE} button {{
  white-space: normal; height: auto; min-height: 36px; line-height: 1.15; padding: 2px 3px; margin: 0; font-size: 12px;
}}
.{TABLE} .nnlib-row {{ display: flex; line-height: 28px; font-variant-numeric: tabular-nums }}
.{TABLE} .nnlib-row span {{ width: {CELL}px; text-align: center; flex: none; overflow: hidden; white-space: nowrap }}
.{TABLE} .nnlib-best {{ font-weight: bold; background: #fff3c4; color: #000 }}
.{TABLE} .widget-html, .{TABLE} .widget-html-content {{ height: 28px; margin: 0; line-height: 28px }}
</style>"""

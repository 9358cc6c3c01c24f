"""The style sheet of the explorers; every panel includes it."""

LIVE = "nnlib-live"
"""The CSS class of a panel with live widgets."""

TABLE, CONTROL, BOX = "nnlib-trials", "nnlib-control", "nnlib-box"

USE = 52  # pixels: the column of the "Use" buttons

SHEET = f"""<style>
/* The two outputs after a panel are its static fallback: hidden where the widgets, and so this rule, are live. */
.jp-OutputArea-child:has(.{LIVE}) + .jp-OutputArea-child,
.jp-OutputArea-child:has(.{LIVE}) + .jp-OutputArea-child + .jp-OutputArea-child {{ display: none }}
.{LIVE} {{ overflow: visible }}
.{LIVE} .widget-html-content {{ line-height: 1.4 }}
.{LIVE} > .widget-label {{ white-space: normal; height: auto }}
.{LIVE}.jupyter-widgets-disconnected::before {{
  content: "The kernel of these controls has ended. Run the cell again; on a page without code, reload it.";
  font: inherit; font-weight: bold;
}}
.{LIVE}.jupyter-widgets-disconnected .jupyter-widgets-disconnected::before {{ display: none }}
.{LIVE}.jupyter-widgets-disconnected > * {{ pointer-events: none; opacity: 0.4 }}
[data-jp-theme-light="false"] .{LIVE} select {{ appearance: auto; background-image: none; color-scheme: dark }}
[data-jp-theme-light="false"] .{LIVE} img {{ filter: invert(0.88) hue-rotate(180deg) }}
.{LIVE} button:focus-visible, .{LIVE} .noUi-handle:focus-visible {{ outline: 2px solid #0072B2; outline-offset: 1px }}
.{CONTROL} .widget-hslider, .{CONTROL} .slider-container {{ overflow: visible }}
.{BOX} label {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }}
.{LIVE} [role=alert] {{ color: var(--jp-error-color0, #a4000f) }}
.{TABLE} button {{ margin: 0; padding: 0 2px; font-size: 12px }}
.{TABLE} .nnlib-headings button {{ white-space: normal; height: 34px; line-height: 1.2 }}
.{TABLE} .nnlib-row {{ display: flex; line-height: 26px; font-size: 12px; font-variant-numeric: tabular-nums }}
.{TABLE} .nnlib-row span {{ text-align: center; flex: none; white-space: nowrap }}
.{TABLE} .nnlib-best {{ font-weight: bold; background: #fff3c4; color: #000 }}
.{TABLE} .widget-html, .{TABLE} .widget-html-content {{ height: 26px; margin: 0; line-height: 26px }}
</style>"""

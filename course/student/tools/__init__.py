"""What `make check` and `make submit` run.

nnlib is imported here without its own __init__, which would import every layer: a syntax error in one of them then
costs that one alone.
"""

import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

package = types.ModuleType("nnlib")
package.__path__ = [str(ROOT / "nnlib")]
package.__file__ = str(ROOT / "nnlib" / "__init__.py")
sys.modules.setdefault("nnlib", package)

"""Cuts the student copy from this repository: the package, its notebooks and its documents together.

    python -m course.release        writes build/student/, build/hw1-student.zip and build/release.json

modules.py       Python files: bodies, helpers and derivations cut as source lines
notebooks.py     notebooks: solutions become stubs, answers and outputs go
package.py       the files of the copy, and the archive of them
"""

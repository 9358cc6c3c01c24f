"""Cuts the student copy from this repository: the package, its notebooks and its documents together.

python -m course.release        writes build/student/, build/hw1-student.zip and build/release.json
"""

"""The repository's sizes: a module is read in one sitting, a function on one screen. Migrations are excepted."""

from __future__ import annotations

import ast

from tests.repo.sources import CODE, is_migration, modules, name_of, text_of, tree_of

MODULE_LINES = 400
FUNCTION_LINES = 60
OURS = tuple(path for path in modules(*CODE, "tests") if not is_migration(path))


def test_no_module_is_longer_than_400_lines() -> None:
    long = {name_of(path): length for path in OURS if (length := len(text_of(path).splitlines())) > MODULE_LINES}
    assert long == {}


def test_no_function_is_longer_than_60_lines() -> None:
    long = {
        f"{name_of(path)}:{node.lineno} {node.name}": length
        for path in OURS
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }
    assert long == {}


def test_every_module_opens_by_saying_what_it_is_for() -> None:
    silent = [name_of(path) for path in OURS if not ast.get_docstring(tree_of(path))]
    assert silent == []

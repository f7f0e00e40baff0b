"""Scheduling points between the bytecodes of unmodified source: the library's own functions, compiled once more.

The source of a module is parsed, a call of one of the helpers of `_points.py` is put before every load and store of an
attribute or item, every call, every `in` and every jump back, and the result is compiled. The code objects are then
exchanged within the functions that already exist (`function.__code__`), and put back afterwards: classes, exceptions and
objects stay what they were, and there is one library, not two.

Rule 1: what is evaluated, and in which order, stays as it was: a helper gets what was evaluated already, and does the rest.
Rule 2: each helper call carries the number of its *site*: file, line, and text of the source, for the pictures.
Rule 3: names that begin with `_sp_` are ours.
"""

import ast
import inspect
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple, final

from disruptor._override import override

PREFIX = "_sp_"


class Site(NamedTuple):
    """A place in the source that is a scheduling point."""

    where: str
    text: str

    @override
    def __str__(self) -> str:
        return f"{self.text}  ({self.where})"


SITES: list[Site] = []

_MAKING = (ast.Dict, ast.List, ast.Set, ast.Call, ast.ListComp, ast.DictComp, ast.SetComp, ast.BinOp, ast.IfExp)
"""Expressions whose values may be new containers."""

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@final
class _Transform(ast.NodeTransformer):
    """Puts helper calls into the functions of one module."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._temporary = 0

    @override
    def visit(self, node: ast.AST) -> Any:
        """Transform a node; what has become of it stands where it stood."""
        new = super().visit(node)
        for part in new if isinstance(new, list) else [new]:
            if isinstance(part, ast.AST) and hasattr(node, "lineno"):
                ast.copy_location(part, node)
        return new

    # --- making --------------------------------------------------------------------------------------------

    def _site(self, node: ast.AST, what: str = "") -> ast.Constant:
        line = getattr(node, "lineno", 0)
        text = ast.unparse(node)
        if len(text) > 60:
            text = text[:57] + "..."
        SITES.append(Site(f"{self._name}:{line}", f"{what} {text}".strip()))
        return ast.Constant(len(SITES) - 1)

    def _help(self, helper: str, *arguments: ast.expr) -> ast.Call:
        return ast.Call(ast.Name(PREFIX + helper, ast.Load()), list(arguments), [])

    def _expr(self, node: ast.expr) -> ast.expr:
        visited = self.visit(node)
        if not isinstance(visited, ast.expr):
            raise TypeError(f"{ast.unparse(node)} has become no expression")
        return visited

    # --- expressions ---------------------------------------------------------------------------------------

    @override
    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        helper = "load" if isinstance(node.ctx, ast.Load) else "store"
        what = helper
        site = self._site(ast.Attribute(node.value, node.attr, ast.Load(), lineno=node.lineno), what)
        value = self._help(helper, self._expr(node.value), ast.Constant(node.attr), site)
        return ast.Attribute(value, node.attr, node.ctx)

    @override
    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if isinstance(node.ctx, ast.Load):
            return self._help("item", self._expr(node.value), self._index(node.slice), self._site(node, "load"))
        # As one of several targets, or deleted: a store somewhere in the container.
        site = self._site(ast.Subscript(node.value, node.slice, ast.Load(), lineno=node.lineno), "store")
        return ast.Subscript(
            self._help("change", self._expr(node.value), site), self._index(node.slice, keep=True), node.ctx
        )

    def _index(self, node: ast.expr, *, keep: bool = False) -> ast.expr:
        if not isinstance(node, ast.Slice):
            return self._expr(node)
        parts = [
            ast.Constant(None) if part is None else self._expr(part) for part in (node.lower, node.upper, node.step)
        ]
        if keep:
            return ast.Slice(*parts)
        return self._help("slice", *parts)

    @override
    def visit_Call(self, node: ast.Call) -> ast.expr:
        if isinstance(node.func, ast.Name) and node.func.id in ("super", "locals", "cast"):
            return node
        site = self._site(node, "call")
        # The method itself is looked up where it stands: a load of a method is a point only if it is a field.
        function = self._expr(node.func)
        arguments = [self._expr(argument) for argument in node.args]
        keywords = [ast.keyword(keyword.arg, self._expr(keyword.value)) for keyword in node.keywords]
        return ast.Call(ast.Name(PREFIX + "call", ast.Load()), [site, function, *arguments], keywords)

    @override
    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        operands = [self._expr(operand) for operand in node.comparators]
        for k, operator in enumerate(node.ops):
            if isinstance(operator, ast.In | ast.NotIn):
                operands[k] = self._help("look", operands[k], self._site(node, "load"))
        return ast.Compare(self._expr(node.left), node.ops, operands)

    @override
    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        site = self._site(node, "load")
        left, right = self._expr(node.left), self._expr(node.right)
        if isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Add | ast.Sub):
            left, right = self._plain(left, node.left, site), self._plain(right, node.right, site)
        return ast.BinOp(left, node.op, right)

    def _plain(self, new: ast.expr, old: ast.expr, site: ast.Constant) -> ast.expr:
        """Look at what an operand holds, if it can be a container that others know."""
        return self._help("look", new, site) if isinstance(old, ast.Attribute) else new

    def _test(self, node: ast.expr) -> ast.expr:
        new = self._expr(node)
        return self._help("look", new, self._site(node, "load")) if isinstance(node, ast.Attribute | ast.Name) else new

    @override
    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        operand = self._test(node.operand) if isinstance(node.op, ast.Not) else self._expr(node.operand)
        return ast.UnaryOp(node.op, operand)

    @override
    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        return ast.BoolOp(node.op, [self._test(value) for value in node.values])

    @override
    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        return ast.IfExp(self._test(node.test), self._expr(node.body), self._expr(node.orelse))

    @override
    def visit_comprehension(self, node: ast.comprehension) -> ast.comprehension:
        iterated = self._help("each", self._expr(node.iter), self._site(node.iter, "next of"))
        return ast.comprehension(node.target, iterated, [self._test(test) for test in node.ifs], node.is_async)

    @override
    def visit_Starred(self, node: ast.Starred) -> ast.expr:
        if not isinstance(node.ctx, ast.Load):
            return node
        return ast.Starred(self._help("look", self._expr(node.value), self._site(node.value, "load")), node.ctx)

    # --- statements ----------------------------------------------------------------------------------------

    @override
    def visit_If(self, node: ast.If) -> ast.stmt:
        return ast.If(self._test(node.test), self._block(node.body), self._block(node.orelse))

    @override
    def visit_While(self, node: ast.While) -> ast.stmt:
        jump = ast.Expr(self._help("jump", self._site(node.test, "again, while")))
        return ast.While(self._test(node.test), [jump, *self._block(node.body)], self._block(node.orelse))

    @override
    def visit_For(self, node: ast.For) -> ast.stmt:
        iterated = self._help("each", self._expr(node.iter), self._site(node.iter, "next of"))
        return ast.For(self._expr(node.target), iterated, self._block(node.body), self._block(node.orelse))

    @override
    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        value = self._expr(node.value)
        if len(node.targets) == 1 and isinstance(target := node.targets[0], ast.Subscript):
            site = self._site(ast.Subscript(target.value, target.slice, ast.Load(), lineno=node.lineno), "store")
            return ast.Expr(self._help("put", value, self._expr(target.value), self._index(target.slice), site))
        if any(isinstance(target, ast.Attribute) for target in node.targets) and isinstance(node.value, _MAKING):
            value = self._help("keep", value)
        return ast.Assign([self._expr(target) for target in node.targets], value)

    @override
    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        if node.value is None:
            return ast.Pass()
        return self.visit_Assign(ast.Assign([node.target], node.value, lineno=node.lineno))

    @override
    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt] | ast.stmt:
        value = self._expr(node.value)
        operator = ast.Constant(type(node.op).__name__)
        if isinstance(node.target, ast.Name):
            load = ast.Name(node.target.id, ast.Load())
            return ast.Assign([node.target], self._help("operate", operator, load, value))
        if not isinstance(node.target, ast.Attribute):
            raise NotImplementedError(f"{self._name}:{node.lineno}: {ast.unparse(node)}")
        target = node.target
        self._temporary += 1
        name = f"{PREFIX}{self._temporary}"
        keep = ast.Assign([ast.Name(name, ast.Store())], self._expr(target.value))
        load_site = self._site(ast.Attribute(target.value, target.attr, ast.Load(), lineno=node.lineno), "load")
        store_site = self._site(ast.Attribute(target.value, target.attr, ast.Load(), lineno=node.lineno), "store")
        held, attribute = ast.Name(name, ast.Load()), ast.Constant(target.attr)
        old = ast.Attribute(self._help("load", held, attribute, load_site), target.attr, ast.Load())
        new = ast.Attribute(self._help("store", held, attribute, store_site), target.attr, ast.Store())
        return [keep, ast.Assign([new], self._help("operate", operator, old, value))]

    def _block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        block: list[ast.stmt] = []
        for statement in body:
            visited = self.visit(statement)
            block.extend(visited if isinstance(visited, list) else [visited])
        return block

    # --- what stays as it is -------------------------------------------------------------------------------

    @override
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        node.body = self._block(node.body)
        return node

    @override
    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.stmt:
        node.body = self._block(node.body)
        return node

    @override
    def visit_ClassDef(self, node: ast.ClassDef) -> ast.stmt:
        node.body = [self.visit(part) if isinstance(part, _DEFINITIONS) else part for part in node.body]
        return node

    @override
    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        return ast.Lambda(node.args, self._expr(node.body))


def compiled(module: ModuleType) -> dict[tuple[str, int], CodeType]:
    """Return the code objects of a module with points in them, by qualified name and first line."""
    source = inspect.getsource(module)
    tree = ast.parse(source)
    transform = _Transform(module.__name__.rpartition(".")[2])
    tree.body = [transform.visit(part) if isinstance(part, _DEFINITIONS) else part for part in tree.body]
    filename = module.__file__ or module.__name__
    code = compile(ast.fix_missing_locations(tree), filename, "exec")
    found: dict[tuple[str, int], CodeType] = {}

    def collect(code: CodeType) -> None:
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                found[constant.co_qualname, constant.co_firstlineno] = constant
                collect(constant)

    collect(code)
    return found


def functions(module: ModuleType) -> list[FunctionType]:
    """Return the functions that a module defines, those of its classes too."""
    found: list[FunctionType] = []

    def add(value: object) -> None:
        if isinstance(value, FunctionType):
            if value.__code__.co_filename == module.__file__:
                found.append(value)
        elif isinstance(value, staticmethod | classmethod):
            add(value.__func__)
        elif isinstance(value, property):
            for function in (value.fget, value.fset, value.fdel):
                add(function)
        elif isinstance(value, type) and value.__module__ == module.__name__:
            for member in vars(value).values():
                add(member)

    for value in list(vars(module).values()):
        add(value)
    return list({id(function): function for function in found}.values())

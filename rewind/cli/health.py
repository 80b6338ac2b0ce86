"""doctor and version."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

from rewind.cli.arguments import Option
from rewind.cli.options import Json, warn, write, write_json

if TYPE_CHECKING:
    from rewind.cli.checkup import Check


def version(json: Json = False) -> None:
    """Versions of rewind and of what it runs on."""
    from rewind.cli.checkup import bash_found, versions

    found = versions(bash_found())
    if json:
        write_json(found)
        return
    rest = ", ".join(f"{name} {said}" for name, said in found.items() if name != "rewind")
    write(f"rewind {found['rewind']} ({rest})")


def doctor(
    repair: Annotated[bool, Option(help="Put in order what can be put in order.")] = False,
    json: Json = False,
) -> int:
    """Look whether everything rewind needs is well: the store, the shell, the terminal."""
    from rewind.cli.checkup import checks

    if repair:
        from rewind.cli.mending import mended

        for line in mended():
            warn(f"repaired: {line}")
    found = list(checks())
    wrong = any(not check.well for check in found)
    if json:
        write_json([_document(check) for check in found])
    else:
        from rewind.model.names import printable
        from rewind.render.style import style_for

        style = style_for(sys.stdout)
        for check in found:
            mark = style.green("ok   ") if check.well else style.red("wrong")
            write(f"{mark}  {check.what:9}  {printable(check.found)}")
            if check.advice:
                write(f"       {'':9}  {printable(check.advice)}")
    if wrong:
        return 1
    return 0


def _document(check: "Check") -> dict[str, Any]:
    said = {"what": check.what, "ok": check.well, "found": check.found, "advice": check.advice}
    return said if check.bytes is None else said | {"sessions": check.bytes}

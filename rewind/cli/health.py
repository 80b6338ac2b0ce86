"""doctor and version."""

import sys

from rewind.cli.options import Json, write, write_json


def version(json: Json = False) -> None:
    """Versions of rewind and of what it runs on."""
    from rewind.cli.checkup import bash_found, versions

    found = versions(bash_found())
    if json:
        write_json(found)
        return
    rest = ", ".join(f"{name} {said}" for name, said in found.items() if name != "rewind")
    write(f"rewind {found['rewind']} ({rest})")


def doctor(json: Json = False) -> int:
    """Look whether everything rewind needs is well: the store, the shell, the terminal."""
    from rewind.cli.checkup import checks

    found = list(checks())
    wrong = any(not check.well for check in found)
    if json:
        write_json(
            [{"what": c.what, "ok": c.well, "found": c.found, "advice": c.advice} for c in found]
        )
    else:
        from rewind.render.style import style_for

        style = style_for(sys.stdout)
        for check in found:
            mark = style.green("ok   ") if check.well else style.red("wrong")
            write(f"{mark}  {check.what:9}  {check.found}")
            if check.advice:
                write(f"       {'':9}  {check.advice}")
    if wrong:
        return 1
    return 0

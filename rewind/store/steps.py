"""Steps, found by their number on a line."""

from collections.abc import Iterator
from datetime import datetime

from rewind.model.session import Position
from rewind.model.step import Step
from rewind.store.columns import FAILED, STATUSES, from_time, to_bytes, to_id, to_text, to_time
from rewind.store.database import Row
from rewind.store.lines import Part, Tables

_PAGE = 500
"""Steps read at a time: a reader that stands still must not hold the write-ahead log."""

_FEW = 100


class Steps(Tables):
    """The methods about single steps and runs of them."""

    def step(self, session: str, number: int) -> Step:
        """Step `number` on the line of `session`, wherever on the line it was made. Raises
        UnknownName, with the numbers there are."""
        part, key = self._owner(session, number)
        return self._read(part, "s.id = ?", key)[0]

    def steps(
        self,
        session: str,
        *,
        first: int = 0,
        last: int | None = None,
        newest: int | None = None,
        failed: bool = False,
        since: datetime | None = None,
        cwd: str | None = None,
    ) -> Iterator[Step]:
        """The steps of a line in ascending order, parents' part included, filtered; with
        `newest`, only the last that many of them. Reads lazily. Raises UnknownName."""
        ranges: list[Part] = []
        for part in reversed(self._line(session)):
            low = max(part.first, first)
            high = part.last if last is None else min(part.last, last)
            if low <= high:
                ranges.append(Part(part.session, part.uid, part.name, low, high))
        condition = ""
        values: list[int | bytes] = []
        if failed:
            condition += f" AND s.status = {FAILED}"
        if since is not None:
            condition += " AND s.started_us >= ?"
            values.append(to_time(since)[0])
        if cwd is not None:
            condition += " AND s.cwd = ?"
            values.append(to_bytes(cwd))
        if newest is not None:
            return iter(self._newest(ranges, condition, values, newest))
        return self._ascending(ranges, condition, values)

    def _ascending(
        self, ranges: list[Part], condition: str, values: list[int | bytes]
    ) -> Iterator[Step]:
        where = f"s.session = ? AND s.number BETWEEN ? AND ?{condition}"
        for part in ranges:
            low = part.first
            while low <= part.last:
                page = self._read(part, where, part.session, low, part.last, *values)
                yield from page
                if len(page) < _PAGE:
                    break
                low = page[-1].number + 1

    def _newest(
        self, ranges: list[Part], condition: str, values: list[int | bytes], count: int
    ) -> list[Step]:
        found: list[Step] = []
        where = f"s.session = ? AND s.number BETWEEN ? AND ?{condition}"
        for part in reversed(ranges):
            high = part.last
            while high >= part.first and len(found) < count:
                wanted = min(_PAGE, count - len(found))
                page = self._read(
                    part, where, part.session, part.first, high, *values, newest=wanted
                )
                found += page
                if len(page) < wanted:
                    break
                high = page[-1].number - 1
        return found[::-1]

    def _read(self, part: Part, where: str, *values: int | bytes, newest: int = 0) -> list[Step]:
        order = f"DESC LIMIT {newest}" if newest else f"LIMIT {_PAGE}"
        rows = self._db.all(f"{_SELECT} WHERE {where} ORDER BY s.number {order}", *values)
        if not rows:
            return []
        with self._db.sound():
            numbers = (rows[0][1], rows[-1][1])
            labels = self._labels(part.session, min(numbers), max(numbers))
            return _steps(rows, to_id(part.uid), part.name, labels)

    def _labels(self, session: int, first: int, last: int) -> dict[int, list[str]]:
        """The labels of steps that a session owns, by the steps' keys."""
        (few,) = self._db.one(f"SELECT count(*) FROM (SELECT 1 FROM label LIMIT {_FEW})") or (0,)
        if not few:
            return {}
        # The table on the left is gone through: a few labels, or the steps where labels are many.
        tables = "label l CROSS JOIN step s" if few < _FEW else "step s CROSS JOIN label l"
        found: dict[int, list[str]] = {}
        for key, text in self._db.all(
            f"SELECT l.step, l.text FROM {tables} ON l.step = s.id"
            " WHERE s.session = ? AND s.number BETWEEN ? AND ? ORDER BY l.text",
            session,
            first,
            last,
        ):
            found.setdefault(key, []).append(to_text(text))
        return found

    def state_at(self, position: Position) -> tuple[str, int] | None:
        """The address of the newest state at or before `position` on its line, with the number of
        the step it is from (-1: the start): not every step has one, an interrupted one has none.
        None where nothing was ever captured. Raises UnknownName."""
        for part in self._line(position.session):
            row = self._db.one(
                "SELECT state.address, s.number FROM step s JOIN state ON state.id = s.state"
                " WHERE s.session = ? AND s.number BETWEEN ? AND ? ORDER BY s.number DESC LIMIT 1",
                part.session,
                part.first,
                min(part.last, position.number),
            )
            if row is not None:
                return row[0].hex(), row[1]
        start = self._db.one(
            "SELECT state.address FROM session s JOIN state ON state.id = s.start_state"
            " WHERE s.name = ?",
            position.session,
        )
        return None if start is None else (start[0].hex(), -1)

    def tree_at(self, position: Position) -> tuple[str, int] | None:
        """The address of the newest snapshot of the tracked files at or before `position` on its
        line, with the number of the step it is from (-1: the start). None where there is none.
        Raises UnknownName."""
        for part in self._line(position.session):
            row = self._db.one(
                "SELECT tree, number FROM step WHERE session = ? AND number BETWEEN ? AND ?"
                " AND tree NOT NULL ORDER BY number DESC LIMIT 1",
                part.session,
                part.first,
                min(part.last, position.number),
            )
            if row is not None:
                return row[0], row[1]
        (start,) = self._named(position.session, "start_tree")
        return None if start is None else (start, -1)


def _steps(
    rows: list[Row], session_id: str, session: str | None, labels: dict[int, list[str]]
) -> list[Step]:
    """The steps of `rows`, from _SELECT. What is the same in many of them is made once: a listing
    of 10,000 is to be there at once."""
    folders: dict[bytes, str] = {}
    ended = {code: (code,) for code in range(256)}
    found = []
    for row in rows:
        key, number, uid, command, cwd, after, exit_code, pipestatus, status = row[:9]
        us, offset, duration, size, state, tree = row[9:]
        where = folders.get(cwd)
        if where is None:
            where = folders[cwd] = to_text(cwd)
        if pipestatus is not None:
            codes = tuple(int(code) for code in pipestatus.split())
        elif exit_code is None:
            codes = ()
        else:
            codes = ended.get(exit_code) or (exit_code,)
        found.append(
            Step(
                to_id(uid),
                session_id,
                session,
                number,
                to_text(command),
                where,
                None if after is None else to_text(after) if after else where,
                exit_code,
                codes,
                STATUSES[status],
                from_time(us, offset),
                duration,
                size,
                None if state is None else state.hex(),
                tree,
                tuple(labels[key]) if key in labels else (),
            )
        )
    return found


_SELECT = """
SELECT s.id, s.number, s.uid, s.command, s.cwd, s.cwd_after, s.exit_code, s.pipestatus, s.status,
       s.started_us, s.started_offset, s.duration_ms, s.output_bytes, state.address, s.tree
FROM step s LEFT JOIN state ON state.id = s.state
"""

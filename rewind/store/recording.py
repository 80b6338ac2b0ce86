"""Steps, written: begun, closed, and closed for a recorder that died."""

from collections.abc import Sequence
from datetime import datetime

from rewind.errors import StoreUnusable
from rewind.model.step import Size, Status, Step
from rewind.store.columns import (
    INTERRUPTED,
    RUNNING,
    STATUSES,
    from_time,
    maybe_bytes,
    to_bytes,
    to_id,
    to_time,
    to_uid,
)
from rewind.store.lines import DESCENDANTS
from rewind.store.location import has_room
from rewind.store.output import Output
from rewind.store.sizes import Sizes
from rewind.store.steps import Steps


class Recording(Steps, Output, Sizes):
    """The methods that a recorder calls."""

    def is_writable(self) -> bool:
        """Whether a step could be written now: nobody holds the lock, and there is room. Does not
        wait."""
        return has_room(self._db.path) and self._db.is_free()

    def begin_step(
        self,
        session: str,
        number: int,
        command: str,
        cwd: str,
        started_at: datetime,
        size: Size | None = None,
    ) -> Step:
        """Append a running step at the line's tip, begun on a terminal of that size. `number` must
        be the next one. Raises UnknownName; StoreUnusable where another number is the next."""
        from rewind.model.ids import new_id

        uid = to_uid(new_id())
        us, offset = to_time(started_at)
        with self._db.transaction():
            key, session_uid, tip = self._named(session, "id, uid, tip")
            if number != tip + 1:
                raise StoreUnusable(
                    f"step {number} cannot be written: the next one of '{session}' is {tip + 1}",
                    "another shell may have recorded on the same session",
                )
            step = self._db.insert(
                "INSERT INTO step (uid, session, number, status, started_us, started_offset,"
                " command, cwd) VALUES (?,?,?,?,?,?,?,?)",
                uid,
                key,
                number,
                RUNNING,
                us,
                offset,
                to_bytes(command),
                to_bytes(cwd),
            )
            self._db.run(
                "UPDATE session SET tip = ?, cwd = ? WHERE id = ?", number, to_bytes(cwd), key
            )
            if size is not None:
                self._put_sizes(step, [size])
        return Step(
            id=to_id(uid),
            session_id=to_id(session_uid),
            session=session,
            number=number,
            command=command,
            cwd=cwd,
            cwd_after=None,
            exit_code=None,
            pipestatus=(),
            status=Status.RUNNING,
            started_at=from_time(us, offset),
            duration_ms=None,
            output_bytes=0,
        )

    def finish_step(
        self,
        step_id: str,
        *,
        status: Status,
        exit_code: int | None,
        pipestatus: Sequence[int],
        cwd_after: str | None,
        duration_ms: int,
    ) -> None:
        """Close the step. What it says from here on does not change. Raises UnknownName;
        StoreUnusable where it is closed already."""
        with self._db.transaction():
            key, session, number, old, cwd = self._identified(
                step_id, "id, session, number, status, cwd"
            )
            if old != RUNNING or status is Status.RUNNING:
                raise StoreUnusable(f"step {number} is closed already, or was not ended")
            after = maybe_bytes(cwd_after)
            plain = exit_code is not None and tuple(pipestatus) == (exit_code,)
            self._db.run(
                "UPDATE step SET status = ?, exit_code = ?, pipestatus = ?, cwd_after = ?,"
                " duration_ms = ? WHERE id = ?",
                STATUSES.index(status),
                exit_code,
                None if plain else " ".join(map(str, pipestatus)),
                b"" if after == cwd else after,
                duration_ms,
                key,
            )
            self._db.run(
                f"{DESCENDANTS} UPDATE session SET failed = failed + ?3, cwd = "
                " CASE WHEN tip = ?2 THEN coalesce(?4, cwd) ELSE cwd END"
                " WHERE id = ?1 OR id IN (SELECT id FROM shares)",
                session,
                number,
                int(status is Status.FAILED),
                after,
            )

    def set_state(self, step_id: str, address: str) -> None:
        """Attach the state after the step, captured a moment after its end. Raises UnknownName,
        StateDamaged where there is no such state."""
        with self._db.transaction():
            (key,) = self._identified(step_id, "id")
            self._db.run("UPDATE step SET state = ? WHERE id = ?", self._state_key(address), key)

    def set_tree(self, step_id: str, tree: str) -> None:
        """Attach the tracked files after the step. Raises UnknownName."""
        with self._db.transaction():
            (key,) = self._identified(step_id, "id")
            self._db.run("UPDATE step SET tree = ? WHERE id = ?", tree, key)

    def interrupt_running(self, session: str) -> list[Step]:
        """Close, as interrupted, what a dead recorder left running on the line; return it. Such a
        step lasted until its last output, as far as is known. Raises UnknownName."""
        from rewind.store.indexing import Indexing

        with self._db.transaction():
            part = self._line(session)[0]
            rows = self._db.all(
                "SELECT id, number FROM step WHERE session = ?"
                f" AND status = {RUNNING} ORDER BY number",
                part.session,
            )
            for key, _ in rows:
                self._db.run(
                    "UPDATE step SET status = ?, duration_ms = ? WHERE id = ?",
                    INTERRUPTED,
                    self._last_output_ms(key),
                    key,
                )
            closed = [self.step(session, number) for _, number in rows]
            index = Indexing(self._db)
            for step in closed:
                index.index_step(step.id)
        return closed

"use strict";
// The screen of a terminal: lines of cells, a cursor, a region that scrolls, a second screen beside
// it. It knows nothing of how a program asks for a change.

const PLAIN = Object.freeze({ fg: null, bg: null, bold: false, dim: false, ital: false, under: false, inv: false, strike: false });
const LINES_OF_DEC = "\u00a0◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·";
const WIDE = /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const JOINING = /^[\p{Mn}\p{Me}\u200b-\u200f\ufe00-\ufe0f]/u;

class Screen {
  constructor(columns, rows, scrollback) {
    this.scrollback = scrollback;
    this.resize(columns, rows);
    this.reset();
  }

  reset() {
    this.gone = [];
    this.screen = this.blank(this.rows);
    this.other = null;
    this.x = this.y = 0;
    this.style = PLAIN;
    this.saved = { x: 0, y: 0, style: PLAIN };
    this.top = 0;
    this.bottom = this.rows - 1;
    this.wrap = true;
    this.pending = false;
    this.showsCursor = true;
    this.graphics = false;
  }

  blank(count) { return Array.from({ length: count }, () => []); }

  resize(columns, rows) {
    this.columns = columns;
    this.rows = rows;
    if (!this.screen) return;
    while (this.screen.length > rows) {
      if (this.y < this.screen.length - 1) this.screen.pop();
      else { this.keep(this.screen.shift()); this.y--; }
    }
    while (this.screen.length < rows) this.screen.push([]);
    this.top = 0;
    this.bottom = rows - 1;
    this.x = Math.min(this.x, columns - 1);
    this.y = Math.min(this.y, rows - 1);
  }

  keep(line) {
    if (this.other || !this.scrollback) return;
    this.gone.push(line);
    if (this.gone.length > this.scrollback) this.gone.splice(0, this.gone.length - this.scrollback);
  }

  put(character) {
    if (JOINING.test(character)) {
      const line = this.screen[this.y], before = line[this.pending ? this.x : this.x - 1];
      if (before && before.text.length < 16) line[this.pending ? this.x : this.x - 1] = { text: before.text + character, style: before.style };
      return;
    }
    const wide = WIDE.test(character);
    if (this.pending || (wide && this.x === this.columns - 1)) {
      this.pending = false;
      if (this.wrap) { this.x = 0; this.feedLine(); }
    }
    if (this.graphics) {
      const code = character.charCodeAt(0) - 95;
      if (code >= 0 && code < LINES_OF_DEC.length) character = LINES_OF_DEC[code];
    }
    const line = this.screen[this.y];
    while (line.length < this.x) line.push({ text: " ", style: PLAIN });
    line[this.x] = { text: character, style: this.style };
    if (wide) line[this.x + 1] = { text: "", style: this.style };
    const width = wide ? 2 : 1;
    if (this.x + width >= this.columns) { this.x = this.columns - 1; this.pending = true; } else this.x += width;
  }

  feedLine() {
    if (this.y === this.bottom) this.scroll(1);
    else if (this.y < this.rows - 1) this.y++;
  }

  scroll(count) {
    count = Math.min(count, this.rows);
    for (let n = 0; n < count; n++) {
      const [line] = this.screen.splice(this.top, 1);
      if (this.top === 0) this.keep(line);
      this.screen.splice(this.bottom, 0, []);
    }
  }

  scrollBack(count) {
    for (let n = 0; n < Math.min(count, this.rows); n++) {
      this.screen.splice(this.bottom, 1);
      this.screen.splice(this.top, 0, []);
    }
  }

  save() { this.saved = { x: this.x, y: this.y, style: this.style }; }

  restore() { this.move(this.saved.x, this.saved.y); this.style = this.saved.style; }

  move(x, y) {
    this.x = Math.max(0, Math.min(this.columns - 1, x));
    this.y = Math.max(0, Math.min(this.rows - 1, y));
    this.pending = false;
  }

  shiftLines(insert, count) {
    if (this.y < this.top || this.y > this.bottom) return;
    for (let n = 0; n < Math.min(count, this.rows); n++) {
      this.screen.splice(insert ? this.bottom : this.y, 1);
      this.screen.splice(insert ? this.y : this.bottom, 0, []);
    }
    this.move(0, this.y);
  }

  eraseScreen(part) {
    if (part === 3) { this.gone = []; return; }
    if (part === 2) {
      // What was on the screen has been seen: it goes where it can still be read.
      if (this.top === 0) for (const line of this.screen.slice(0, this.filled())) this.keep(line);
      this.screen = this.blank(this.rows);
      return;
    }
    this.eraseLine(part);
    for (let y = 0; y < this.rows; y++) if (part === 1 ? y < this.y : y > this.y) this.screen[y] = [];
  }

  eraseLine(part) {
    const line = this.screen[this.y];
    const colour = this.style.bg === null ? PLAIN : { ...PLAIN, bg: this.style.bg };
    const first = part === 0 ? this.x : 0;
    const last = part === 1 ? this.x + 1 : this.columns;
    if (colour === PLAIN && last >= line.length) { line.length = Math.min(line.length, first); return; }
    const until = colour === PLAIN ? Math.min(last, line.length) : Math.min(last, this.columns);
    while (line.length < first) line.push({ text: " ", style: PLAIN });
    for (let x = first; x < until; x++) line[x] = { text: " ", style: colour };
  }

  // The alternate screen, which has no history and is gone when it is left.
  enterOther() {
    if (this.other) return;
    this.save();
    this.other = { screen: this.screen, saved: this.saved };
    this.screen = this.blank(this.rows);
    this.move(0, 0);
  }

  leaveOther() {
    if (!this.other) return;
    this.screen = this.other.screen;
    this.saved = this.other.saved;
    this.other = null;
    while (this.screen.length < this.rows) this.screen.push([]);
    this.screen.length = this.rows;
    this.top = 0;
    this.bottom = this.rows - 1;
    this.restore();
  }

  filled() {
    let last = this.screen.length;
    while (last > 0 && !this.screen[last - 1].length) last--;
    return last;
  }

  // All lines, those that scrolled off included, as a fragment; nothing in it is markup.
  drawAll() {
    const lines = this.gone.concat(this.screen.slice(0, this.filled()));
    return draw(lines, -1, -1);
  }

  drawScreen() { return draw(this.screen, this.showsCursor ? this.x : -1, this.y); }
}

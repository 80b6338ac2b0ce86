"use strict";
// A terminal as far as recorded output needs one: ECMA-48 and what xterm adds to it for cursor
// movement, erasing, scrolling, colours and the alternate screen. Everything else is read past.

const PLAIN = Object.freeze({ fg: null, bg: null, bold: false, dim: false, ital: false, under: false, inv: false, strike: false });
const LINES_OF_DEC = "\u00a0◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·";
const WIDE = /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const JOINING = /^[\p{Mn}\p{Me}\u200b-\u200f\ufe00-\ufe0f]/u;

class Terminal {
  constructor(columns, rows, scrollback) {
    this.scrollback = scrollback;
    this.decoder = new TextDecoder("utf-8");
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
    this.rest = "";
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

  feed(bytes) { this.write(this.decoder.decode(bytes, { stream: true })); }

  write(text) {
    text = this.rest + text;
    this.rest = "";
    let at = 0;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === 27) {
        const next = this.escape(text, at);
        if (next < 0) { if (text.length - at < 65536) this.rest = text.slice(at); return; }
        at = next;
      } else if (code < 32 || code === 127) {
        this.control(code);
        at++;
      } else {
        const character = String.fromCodePoint(text.codePointAt(at));
        if (character.length === 1 && code >= 0xd800 && code < 0xdc00 && at + 1 === text.length) { this.rest = character; return; }
        this.put(character);
        at += character.length;
      }
    }
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

  control(code) {
    if (code === 13) { this.x = 0; this.pending = false; }
    else if (code === 10 || code === 11 || code === 12) { this.pending = false; this.feedLine(); }
    else if (code === 8) { this.x = Math.max(0, this.x - (this.pending ? 0 : 1)); this.pending = false; }
    else if (code === 9) this.x = Math.min(this.columns - 1, (this.x >> 3 << 3) + 8);
    else if (code === 14) this.graphics = true;
    else if (code === 15) this.graphics = false;
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

  // The index behind the sequence that begins at `at`; -1 where its end has not come yet.
  escape(text, at) {
    const kind = text[at + 1];
    if (kind === undefined) return -1;
    if (kind === "[") {
      let end = at + 2;
      while (end < text.length && text.charCodeAt(end) >= 0x20 && text.charCodeAt(end) < 0x40) end++;
      if (end >= text.length) return -1;
      this.sequence(text.slice(at + 2, end), text[end]);
      return end + 1;
    }
    if ("]PX^_".includes(kind)) {
      for (let end = at + 2; end < text.length; end++) {
        if (kind === "]" && text[end] === "\x07") return end + 1;
        if (text[end] === "\x1b") return text[end + 1] === "\\" ? end + 2 : end + 1 < text.length ? end : -1;
      }
      return -1;
    }
    if ("()*+#% ".includes(kind)) {
      if (text[at + 2] === undefined) return -1;
      if (kind === "(") this.graphics = text[at + 2] === "0";
      return at + 3;
    }
    if (kind === "7") this.save();
    else if (kind === "8") this.restore();
    else if (kind === "D") this.feedLine();
    else if (kind === "E") { this.x = 0; this.feedLine(); }
    else if (kind === "M") { if (this.y === this.top) this.scrollBack(1); else if (this.y > 0) this.y--; }
    else if (kind === "c") this.reset();
    return at + 2;
  }

  save() { this.saved = { x: this.x, y: this.y, style: this.style }; }

  restore() { this.move(this.saved.x, this.saved.y); this.style = this.saved.style; }

  move(x, y) {
    this.x = Math.max(0, Math.min(this.columns - 1, x));
    this.y = Math.max(0, Math.min(this.rows - 1, y));
    this.pending = false;
  }

  sequence(parameters, final) {
    if (/^[?>=<]/.test(parameters)) {
      if (parameters[0] === "?" && (final === "h" || final === "l")) for (const mode of parameters.slice(1).split(";")) this.mode(+mode, final === "h");
      return;
    }
    if (/[ -/]/.test(parameters)) return;
    const values = parameters.split(";").map((part) => Math.min(parseInt(part, 10) || 0, 9999));
    const count = values[0] || 1;
    const line = this.screen[this.y];
    switch (final) {
      case "A": this.move(this.x, this.y - count); break;
      case "B": case "e": this.move(this.x, this.y + count); break;
      case "C": case "a": this.move(this.x + count, this.y); break;
      case "D": this.move(this.x - count, this.y); break;
      case "E": this.move(0, this.y + count); break;
      case "F": this.move(0, this.y - count); break;
      case "G": case "`": this.move(count - 1, this.y); break;
      case "d": this.move(this.x, count - 1); break;
      case "H": case "f": this.move((values[1] || 1) - 1, count - 1); break;
      case "J": this.eraseScreen(values[0]); break;
      case "K": this.eraseLine(values[0]); break;
      case "P": line.splice(this.x, count); break;
      case "@": while (line.length < this.x) line.push({ text: " ", style: PLAIN }); line.splice(this.x, 0, ...Array.from({ length: Math.min(count, this.columns) }, () => ({ text: " ", style: this.style }))); line.length = Math.min(line.length, this.columns); break;
      case "X": for (let n = this.x; n < Math.min(this.x + count, line.length); n++) line[n] = { text: " ", style: PLAIN }; break;
      case "L": case "M": this.shiftLines(final === "L", count); break;
      case "S": this.scroll(count); break;
      case "T": this.scrollBack(count); break;
      case "b": { const before = line[this.x - 1]; if (before) for (let n = 0; n < Math.min(count, this.columns); n++) this.put(before.text || " "); break; }
      case "m": this.paint(parameters); break;
      case "r": this.top = Math.min((values[0] || 1) - 1, this.rows - 1); this.bottom = Math.min((values[1] || this.rows) - 1, this.rows - 1); if (this.bottom <= this.top) { this.top = 0; this.bottom = this.rows - 1; } this.move(0, 0); break;
      case "s": this.save(); break;
      case "u": this.restore(); break;
    }
  }

  shiftLines(insert, count) {
    if (this.y < this.top || this.y > this.bottom) return;
    for (let n = 0; n < Math.min(count, this.rows); n++) {
      this.screen.splice(insert ? this.bottom : this.y, 1);
      this.screen.splice(insert ? this.y : this.bottom, 0, []);
    }
    this.move(0, this.y);
  }

  mode(number, on) {
    if (number === 7) this.wrap = on;
    else if (number === 25) this.showsCursor = on;
    else if (number === 47 || number === 1047 || number === 1049) {
      if (on && !this.other) {
        this.save();
        this.other = { screen: this.screen, saved: this.saved };
        this.screen = this.blank(this.rows);
        this.move(0, 0);
      } else if (!on && this.other) {
        this.screen = this.other.screen;
        this.saved = this.other.saved;
        this.other = null;
        while (this.screen.length < this.rows) this.screen.push([]);
        this.screen.length = this.rows;
        this.top = 0;
        this.bottom = this.rows - 1;
        this.restore();
      }
    }
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

  // SGR: ECMA-48 8.3.117, with the 256 and the true colours of ITU T.416 as xterm reads them.
  paint(parameters) {
    const flat = parameters.replace(/([34]8:2):\d*:(\d*:\d*:\d*)/g, "$1:$2").replace(/:/g, ";");
    const values = flat.split(";").map((part) => parseInt(part, 10) || 0);
    let style = { ...this.style };
    for (let n = 0; n < values.length; n++) {
      const value = values[n];
      if (value === 0) style = { ...PLAIN };
      else if (value === 1) style.bold = true;
      else if (value === 2) style.dim = true;
      else if (value === 3) style.ital = true;
      else if (value === 4) style.under = true;
      else if (value === 7) style.inv = true;
      else if (value === 9) style.strike = true;
      else if (value === 22) style.bold = style.dim = false;
      else if (value === 23) style.ital = false;
      else if (value === 24) style.under = false;
      else if (value === 27) style.inv = false;
      else if (value === 29) style.strike = false;
      else if (value >= 30 && value <= 37) style.fg = value - 30;
      else if (value >= 40 && value <= 47) style.bg = value - 40;
      else if (value >= 90 && value <= 97) style.fg = value - 82;
      else if (value >= 100 && value <= 107) style.bg = value - 92;
      else if (value === 39) style.fg = null;
      else if (value === 49) style.bg = null;
      else if (value === 38 || value === 48) {
        const which = value === 38 ? "fg" : "bg";
        if (values[n + 1] === 5) { style[which] = indexed(values[n + 2] || 0); n += 2; }
        else if (values[n + 1] === 2) { style[which] = `rgb(${values.slice(n + 2, n + 5).map((part) => Math.min(part || 0, 255)).join(",")})`; n += 4; }
      }
    }
    this.style = Object.freeze(style);
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

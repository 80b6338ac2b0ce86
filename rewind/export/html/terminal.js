// What a program's bytes ask of the screen: ECMA-48 and what xterm adds to it for cursor movement,
// erasing, scrolling, colours and the alternate screen. Everything else is read past.

class Terminal extends Screen {
  constructor(columns, rows, scrollback) {
    super(columns, rows, scrollback);
    this.decoder = new TextDecoder("utf-8");
    this.returns = false;
  }

  reset() {
    super.reset();
    this.rest = "";
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

  control(code) {
    if (code === 13) { this.x = 0; this.pending = false; }
    else if (code === 10 || code === 11 || code === 12) { this.pending = false; if (this.returns) this.x = 0; this.feedLine(); }
    else if (code === 8) { this.x = Math.max(0, this.x - (this.pending ? 0 : 1)); this.pending = false; }
    else if (code === 9) this.x = Math.min(this.columns - 1, (this.x >> 3 << 3) + 8);
    else if (code === 14) this.graphics = true;
    else if (code === 15) this.graphics = false;
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
      case "m": this.style = painted(this.style, parameters); break;
      case "r": this.top = Math.min((values[0] || 1) - 1, this.rows - 1); this.bottom = Math.min((values[1] || this.rows) - 1, this.rows - 1); if (this.bottom <= this.top) { this.top = 0; this.bottom = this.rows - 1; } this.move(0, 0); break;
      case "s": this.save(); break;
      case "u": this.restore(); break;
    }
  }

  mode(number, on) {
    if (number === 7) this.wrap = on;
    else if (number === 25) this.showsCursor = on;
    else if (number === 47 || number === 1047 || number === 1049) {
      if (on) this.enterOther();
      else this.leaveOther();
    }
  }
}

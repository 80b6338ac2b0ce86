// The player: the recorded output at its recorded times, step after step. Silences are shortened
// to PAUSE. A jump to a step begins with an empty screen, so that it costs what that step costs.

const PAUSE = 2000;
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16];

const player = {
  index: 0, now: 0, events: [], next: 0, length: 0, terminal: null, speed: 2, running: false, frame: 0, last: 0,

  open(index) {
    if (!steps.length) return;
    $("player").hidden = false;
    this.load(index, 0);
    this.run(true);
  },

  close() {
    if ($("player").hidden) return;
    this.run(false);
    $("player").hidden = true;
    for (const step of steps) step.classList.remove("playing");
  },

  starts() {
    if (!this.begins) {
      let at = 0;
      this.begins = steps.map((step) => { const here = at; at += +step.dataset.play; return here; });
      this.whole = Math.max(at, 1);
    }
    return this.begins;
  },

  load(index, at, keep = false) {
    const step = steps[index];
    const { chunks, sizes } = recorded(step);
    steps[this.index].classList.remove("playing");
    step.classList.add("playing");
    this.index = index;
    this.events = [];
    let before = 0, played = 0;
    const marks = sizes.map(([when, columns, rows]) => [when, { columns, rows }]);
    const all = chunks.filter(([when]) => when >= 0).concat(marks).sort((a, b) => a[0] - b[0]);
    for (const [when, what] of all) {
      played += Math.min(when - before, PAUSE);
      before = Math.max(before, when);
      this.events.push([played, what]);
    }
    this.length = +step.dataset.play;
    this.next = 0;
    this.now = 0;
    if (!keep || !this.terminal) {
      const size = sizes.length ? sizes[0] : [0, +document.body.dataset.columns || 100, +document.body.dataset.rows || 30];
      this.terminal = new Terminal(size[1], size[2], 0);
    }
    $("screen").style.minWidth = `${this.terminal.columns}ch`;
    this.terminal.returns = isPlain(chunks);
    if (this.terminal.x > 0) this.terminal.write("\r\n");
    const command = step.querySelector(".whole").textContent.replace(/\n/g, "\r\n> ");
    this.terminal.write(`\x1b[0m\x1b[?25h\x1b[1;36m$\x1b[0m \x1b[1m${command}\x1b[0m\r\n`);
    this.advance(at);
    select(index);
    $("p-title").textContent = `${step.querySelector(".number").textContent}  ${step.querySelector(".whole").textContent.split("\n")[0]}`;
    this.show();
  },

  advance(to) {
    this.now = Math.min(to, this.length);
    while (this.next < this.events.length && this.events[this.next][0] <= this.now) {
      const what = this.events[this.next++][1];
      if (what instanceof Uint8Array) this.terminal.feed(what);
      else this.terminal.resize(what.columns, what.rows);
    }
  },

  show() {
    $("screen").replaceChildren(this.terminal.drawScreen());
    const at = this.starts()[this.index] + this.now;
    $("p-seek").value = String(Math.round((1000 * at) / this.whole));
    $("p-time").value = `${clock(at)} / ${clock(this.whole)}`;
    if (!this.terminal.other) $("screen").parentElement.scrollTop = this.terminal.y * 16 > 200 ? 1e6 : 0;
  },

  run(on) {
    this.running = on;
    $("p-play").textContent = on ? "❚❚" : "▶";
    cancelAnimationFrame(this.frame);
    if (!on) return;
    this.last = performance.now();
    const tick = (time) => {
      const passed = Math.max(0, time - this.last) * SPEEDS[this.speed];
      this.last = time;
      const before = this.next;
      this.advance(this.now + passed);
      if (this.now >= this.length && this.next >= this.events.length) {
        if (this.index + 1 >= steps.length) { this.show(); this.run(false); return; }
        this.load(this.index + 1, 0, true);
      } else if (this.next !== before || time - (this.shown || 0) > 200) { this.shown = time; this.show(); }
      this.frame = requestAnimationFrame(tick);
    };
    this.frame = requestAnimationFrame(tick);
  },

  seek(at) {
    const begins = this.starts();
    at = Math.max(0, Math.min(at, this.whole - 1));
    let index = begins.findLastIndex((begin) => begin <= at);
    index = Math.max(0, index);
    this.load(index, at - begins[index]);
  },

  step(by) {
    const index = Math.max(0, Math.min(steps.length - 1, this.index + by));
    this.load(index, 0);
  },

  faster(by) {
    this.speed = Math.max(0, Math.min(SPEEDS.length - 1, this.speed + by));
    $("p-speed").textContent = `${SPEEDS[this.speed]}×`;
  },

  key(event) {
    if ($("player").hidden || (event.target.matches("button") && event.key === " ")) return false;
    switch (event.key) {
      case " ": this.run(!this.running); break;
      case "ArrowLeft": this.seek(this.starts()[this.index] + this.now - 2000); break;
      case "ArrowRight": this.seek(this.starts()[this.index] + this.now + 2000); break;
      case "[": this.step(-1); break;
      case "]": this.step(1); break;
      case "<": this.faster(-1); break;
      case ">": this.faster(1); break;
      default: return false;
    }
    return true;
  },
};

function clock(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

$("play").addEventListener("click", () => player.open(Math.max(current, 0)));
$("p-play").addEventListener("click", () => player.run(!player.running));
$("p-back").addEventListener("click", () => player.step(-1));
$("p-next").addEventListener("click", () => player.step(1));
$("p-speed").addEventListener("click", () => { if (player.speed === SPEEDS.length - 1) player.speed = 1; player.faster(1); });
$("p-close").addEventListener("click", () => player.close());
$("p-seek").addEventListener("input", () => player.seek((+$("p-seek").value / 1000) * (player.starts(), player.whole)));

setTheme(dark());
if (location.hash.startsWith("#step-")) {
  const index = steps.findIndex((step) => `#${step.id}` === location.hash);
  if (index >= 0) { steps[index].firstElementChild.open = true; select(index); }
}

// The list of steps: opening, searching, the strip above it, keys. All text from the recording
// goes into the page as text nodes, never as markup.

const $ = (id) => document.getElementById(id);
const steps = [...document.querySelectorAll(".step")];
const SCROLLBACK = 20000;
let current = -1;
let query = "";

function recorded(step) {
  const data = step.querySelector("script.rec");
  if (!data) return { chunks: [], sizes: [] };
  const { c, s } = JSON.parse(data.textContent);
  return { chunks: c.map(([at, text]) => [at, bytesOf(text)]), sizes: s };
}

function bytesOf(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let n = 0; n < binary.length; n++) bytes[n] = binary.charCodeAt(n);
  return bytes;
}

// Whether an output comes from a program that wrote to no terminal: its lines end without a return.
function isPlain(chunks) {
  let before = 0;
  for (const [, bytes] of chunks) {
    const at = bytes.indexOf(10);
    if (at >= 0) return (at ? bytes[at - 1] : before) !== 13;
    before = bytes.length ? bytes[bytes.length - 1] : before;
  }
  return false;
}

// The colours of an output, when it is first looked at. Where its text was shortened, or the
// terminal's size is not known, lines are as long as they were written.
function colour(step) {
  const out = step.querySelector("pre.out");
  if (!out || out.dataset.drawn) return;
  out.dataset.drawn = "1";
  const { chunks, sizes } = recorded(step);
  if (!chunks.some(([, bytes]) => bytes.includes(27))) return;
  const size = sizes.length ? sizes[0] : [0, 2000, 100];
  const terminal = new Terminal(size[1], Math.max(size[2], 100), SCROLLBACK);
  terminal.returns = isPlain(chunks);
  let cut = null;
  for (const [at, bytes] of chunks) {
    if (at < 0) cut = at;
    else terminal.feed(bytes);
    if (cut === at) terminal.write("\x1b[0m\r\n⋯\r\n");
  }
  out.replaceChildren(terminal.drawAll());
}

for (const step of steps) {
  step.firstElementChild.addEventListener("toggle", () => {
    if (!step.firstElementChild.open) return;
    colour(step);
    highlight();
  });
}

function select(index, scroll = true) {
  if (index < 0 || index >= steps.length) return;
  steps[current]?.classList.remove("current");
  current = index;
  steps[index].classList.add("current");
  if (scroll) steps[index].scrollIntoView({ block: "nearest" });
  drawStrip();
}

function move(by, only = () => true) {
  let index = current;
  do index += by; while (steps[index] && (steps[index].hidden || !only(steps[index])));
  if (steps[index]) { select(index); steps[index].querySelector("summary").focus({ preventScroll: true }); }
}

$("steps").addEventListener("click", (event) => {
  const step = event.target.closest(".step");
  if (!step) return;
  select(steps.indexOf(step), false);
  const button = event.target.closest("button[data-do]");
  if (!button) return;
  if (button.dataset.do === "play") player.open(steps.indexOf(step));
  else copy(button, step.querySelector(button.dataset.do === "command" ? ".whole" : "pre.out").textContent);
});

async function copy(button, text) {
  const said = button.textContent;
  try { await navigator.clipboard.writeText(text); button.textContent = "Copied"; } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    button.textContent = document.execCommand("copy") ? "Copied" : "Could not copy";
    area.remove();
  }
  setTimeout(() => { button.textContent = said; }, 1500);
}

// Search: every word of the query stands in the command, the output or the folder.

const texts = new Map();
const textOf = (step) => {
  if (!texts.has(step)) texts.set(step, [".whole", "pre.out", ".facts", ".note"].map((part) => [...step.querySelectorAll(part)].map((each) => each.textContent).join("\n")).join("\n").toLowerCase());
  return texts.get(step);
};

function filter() {
  query = $("find").value.trim().toLowerCase();
  const words = query.split(/\s+/).filter(Boolean);
  const failedOnly = $("failed").getAttribute("aria-pressed") === "true";
  let shown = 0;
  for (const step of steps) {
    const matches = (!failedOnly || !step.classList.contains("ok")) && words.every((word) => textOf(step).includes(word));
    step.hidden = !matches;
    shown += matches;
    hint(step, matches ? words : []);
  }
  $("none").hidden = shown > 0;
  $("found").hidden = !words.length && !failedOnly;
  $("found").textContent = `${shown} of ${steps.length} step${steps.length === 1 ? "" : "s"}`;
  highlight();
  drawStrip();
}

// The line of the output that matches, where the command does not.
function hint(step, words) {
  step.querySelector(".hit")?.remove();
  const command = step.querySelector(".command").textContent.toLowerCase();
  const word = words.find((each) => !command.includes(each));
  const out = word && step.querySelector("pre.out");
  if (!out) return;
  const line = out.textContent.split("\n").find((each) => each.toLowerCase().includes(word));
  if (!line) return;
  const found = document.createElement("span");
  found.className = "hit";
  const from = Math.max(0, line.toLowerCase().indexOf(word) - 60);
  found.textContent = (from ? "…" : "") + line.slice(from, from + 240).trim();
  step.querySelector("summary").append(found);
}

function highlight() {
  if (!window.Highlight) return;
  CSS.highlights.delete("found");
  const words = query.split(/\s+/).filter(Boolean);
  if (!words.length) return;
  const ranges = [];
  for (const step of steps) {
    if (step.hidden || ranges.length > 5000) continue;
    const parts = [step.querySelector(".command"), step.querySelector(".hit")];
    if (step.firstElementChild.open) parts.push(step.querySelector("pre.out"), step.querySelector("pre.source"));
    for (const part of parts) if (part) collect(part, words, ranges);
  }
  CSS.highlights.set("found", new Highlight(...ranges));
}

function collect(part, words, ranges) {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, text = node.data.toLowerCase();
    if (text.length !== node.data.length) continue;
    for (const word of words) {
      for (let at = text.indexOf(word); at >= 0 && ranges.length <= 5000; at = text.indexOf(word, at + word.length)) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        ranges.push(range);
      }
    }
  }
}

let waiting = 0;
$("find").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); });

function toggle(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", on);
  return on;
}

$("failed").addEventListener("click", () => { toggle($("failed")); filter(); });
$("fold").addEventListener("click", () => {
  const on = toggle($("fold"));
  $("fold").textContent = on ? "Close all" : "Open all";
  for (const step of steps) if (!step.hidden) step.firstElementChild.open = on;
});

// The strip: one bar for each step, as wide as it took long (its square root: a build does not
// hide everything else), in the colour of how it ended.

const lengths = steps.map((step) => 3 + Math.sqrt(+step.dataset.ms || 0));
const total = lengths.reduce((sum, length) => sum + length, 0);

function drawStrip() {
  const canvas = $("strip"), ratio = window.devicePixelRatio || 1;
  const box = getComputedStyle(canvas);
  const width = canvas.clientWidth - parseFloat(box.paddingLeft) - parseFloat(box.paddingRight);
  canvas.width = Math.max(1, width * ratio);
  canvas.height = 14 * ratio;
  const pen = canvas.getContext("2d"), root = getComputedStyle(document.documentElement);
  const tone = Object.fromEntries(["ok", "failed", "cut"].map((name) => [name, root.getPropertyValue(name === "failed" ? "--bad" : `--${name}`)]));
  let at = 0;
  steps.forEach((step, index) => {
    const wide = (lengths[index] / total) * canvas.width;
    const kind = step.classList.contains("ok") ? "ok" : step.classList.contains("failed") ? "failed" : "cut";
    pen.globalAlpha = step.hidden ? 0.12 : index === current ? 1 : kind === "ok" ? 0.55 : 0.9;
    pen.fillStyle = tone[kind];
    const high = index === current ? 14 : 8;
    pen.fillRect(at, ((14 - high) / 2) * ratio, Math.max(wide - (wide > 3 ? ratio : 0), 0.75), high * ratio);
    at += wide;
  });
}

$("strip").addEventListener("click", (event) => {
  const box = getComputedStyle($("strip"));
  const left = parseFloat(box.paddingLeft);
  let aim = ((event.offsetX - left) / ($("strip").clientWidth - 2 * left)) * total;
  const index = lengths.findIndex((length) => (aim -= length) <= 0);
  if (index >= 0) { select(index); steps[index].firstElementChild.open = true; }
});
addEventListener("resize", drawStrip);

function dark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function setTheme(isDark) {
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  drawStrip();
}

$("theme").addEventListener("click", () => setTheme(!dark()));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => setTheme(event.matches));
$("keys").addEventListener("click", () => $("help").showModal());

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("help").open) return;
  const typing = event.target.matches("input[type=search]");
  if (event.key === "Escape") {
    if (typing) { $("find").value = ""; filter(); $("find").blur(); } else player.close();
    return;
  }
  if (typing) return;
  const done = player.key(event) || keys[event.key]?.(event) !== undefined;
  if (done) event.preventDefault();
});

const keys = {
  "/": () => { $("find").focus(); $("find").select(); return 1; },
  j: () => { move(1); return 1; },
  k: () => { move(-1); return 1; },
  n: () => { move(1, (step) => !step.classList.contains("ok")); return 1; },
  N: () => { move(-1, (step) => !step.classList.contains("ok")); return 1; },
  Enter: (event) => {
    if (event.target.closest("summary, button") || current < 0) return undefined;
    const details = steps[current].firstElementChild;
    details.open = !details.open;
    return 1;
  },
  f: () => { $("failed").click(); return 1; },
  o: () => { $("fold").click(); return 1; },
  p: () => { player.open(Math.max(current, 0)); return 1; },
  t: () => { $("theme").click(); return 1; },
  "?": () => { $("help").showModal(); return 1; },
};

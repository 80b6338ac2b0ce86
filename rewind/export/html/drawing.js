// The terminal's lines as elements of the page. Text goes in as text nodes, never as markup.

function indexed(number) {
  number = Math.min(number, 255);
  if (number < 16) return number;
  if (number >= 232) { const grey = 8 + 10 * (number - 232); return `rgb(${grey},${grey},${grey})`; }
  const level = (value) => (value ? 55 + 40 * value : 0);
  number -= 16;
  return `rgb(${level(Math.floor(number / 36))},${level(Math.floor(number / 6) % 6)},${level(number % 6)})`;
}

function draw(lines, cursorX, cursorY) {
  const fragment = document.createDocumentFragment();
  lines.forEach((line, y) => {
    let text = "", style = PLAIN, isCursor = false;
    const flush = () => { if (text) fragment.append(styled(text, style, isCursor)); text = ""; };
    const width = y === cursorY ? Math.max(line.length, cursorX + 1) : line.length;
    for (let x = 0; x < width; x++) {
      const cell = line[x] || { text: " ", style: PLAIN };
      const here = y === cursorY && x === cursorX;
      if (cell.style !== style || here !== isCursor) { flush(); style = cell.style; isCursor = here; }
      text += cell.text;
    }
    flush();
    if (y < lines.length - 1) fragment.append("\n");
  });
  return fragment;
}

function styled(text, style, isCursor) {
  if (style === PLAIN && !isCursor) return document.createTextNode(text);
  const span = document.createElement("span");
  const { fg, bg } = style;
  const [front, back] = style.inv ? [bg, fg] : [fg, bg];
  const classes = [];
  if (typeof front === "number") classes.push(`f${front < 8 && style.bold && !style.inv ? front + 8 : front}`);
  else if (front) span.style.color = front;
  else if (style.inv) classes.push("bg");
  if (typeof back === "number") classes.push(`b${back}`);
  else if (back) span.style.backgroundColor = back;
  else if (style.inv) classes.push("inv");
  for (const name of ["bold", "dim", "ital", "under", "strike"]) if (style[name]) classes.push(name);
  if (isCursor) classes.push("cursor");
  if (classes.length) span.className = classes.join(" ");
  span.textContent = text;
  return span;
}

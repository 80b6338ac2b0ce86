// Colours and weights of text: what a sequence that ends in `m` makes of a style.

// SGR: ECMA-48 8.3.117, with the 256 and the true colours of ITU T.416 as xterm reads them.
function painted(style, parameters) {
  const flat = parameters.replace(/([34]8:2):\d*:(\d*:\d*:\d*)/g, "$1:$2").replace(/:/g, ";");
  const values = flat.split(";").map((part) => parseInt(part, 10) || 0);
  style = { ...style };
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
  return Object.freeze(style);
}

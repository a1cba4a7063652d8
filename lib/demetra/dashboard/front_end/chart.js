// A line chart: hover, keyboard, zoom by dragging. Lines: [{name, colour, points: [[day, value or null], ...]}].

function drawChart(box, { lines, kind, label, onZoom }) {
  const width = Math.max(box.clientWidth, 280);
  const height = innerWidth <= 640 ? 220 : 300;
  const edge = { left: 62, right: 12, top: 10, bottom: 26 };
  const days = [...new Set(lines.flatMap((line) => line.points.map((point) => point[0])))].sort();
  const values = lines.flatMap((line) => line.points.map((point) => point[1])).filter(Number.isFinite);
  const ticks = chooseTicks(Math.min(0, ...values), Math.max(0, ...values));
  const [low, high] = [ticks[0], ticks.at(-1)];
  const at = (day) => edge.left + ((width - edge.left - edge.right) * (Date.parse(day) - Date.parse(days[0]))) / (Date.parse(days.at(-1)) - Date.parse(days[0]) || 1);
  const up = (value) => edge.top + (height - edge.top - edge.bottom) * (1 - (value - low) / (high - low || 1));
  const svg = make("svg:svg", { viewBox: `0 0 ${width} ${height}`, role: "img", tabindex: 0, "aria-label": label });
  for (const tick of ticks) {
    svg.append(make("svg:line", { class: "dm-grid", x1: edge.left, x2: width - edge.right, y1: up(tick), y2: up(tick) }));
    svg.append(make("svg:text", { x: edge.left - 8, y: up(tick) + 4, "text-anchor": "end" }, shortFigure(tick, kind, high)));
  }
  const labels = Math.min(days.length, Math.max(2, Math.floor(width / 130)));
  for (let place = 0; place < labels; place++) {
    const day = days[Math.round((place * (days.length - 1)) / Math.max(labels - 1, 1))];
    const anchor = place === 0 ? "start" : place === labels - 1 ? "end" : "middle";
    svg.append(make("svg:text", { x: at(day), y: height - 6, "text-anchor": anchor }, writeDay(day, { day: "numeric", month: "short" })));
  }
  for (const line of lines) {
    let pen = "M";
    const path = line.points.map(([day, value]) => {
      const piece = Number.isFinite(value) ? `${pen}${at(day).toFixed(1)} ${up(value).toFixed(1)}` : "";
      pen = Number.isFinite(value) ? "L" : "M";
      return piece;
    });
    svg.append(make("svg:path", { class: "dm-series", d: path.join(""), stroke: line.colour }));
    if (line.points.length === 1 && Number.isFinite(line.points[0][1])) svg.append(make("svg:circle", { cx: at(line.points[0][0]), cy: up(line.points[0][1]), r: 4, fill: line.colour }));
  }
  const cursor = make("svg:line", { class: "dm-cursor", y1: edge.top, y2: height - edge.bottom, visibility: "hidden" });
  const zoom = make("svg:rect", { class: "dm-zoom", y: edge.top, height: height - edge.top - edge.bottom, visibility: "hidden" });
  svg.append(cursor, zoom);
  const tip = make("div", { class: "dm-tip", hidden: true, role: "status" });
  box.replaceChildren(svg, tip);
  followPointer({ svg, tip, cursor, zoom, days, lines, at, width, kind, onZoom });
}

function followPointer({ svg, tip, cursor, zoom, days, lines, at, width, kind, onZoom }) {
  let place = days.length - 1;
  let from = null;
  const locate = (event) => {
    const bounds = svg.getBoundingClientRect();
    const x = ((event.clientX - bounds.left) * width) / bounds.width;
    return days.reduce((best, day, index) => (Math.abs(at(day) - x) < Math.abs(at(days[best]) - x) ? index : best), 0);
  };
  const show = (index) => {
    place = Math.max(0, Math.min(days.length - 1, index));
    const day = days[place];
    const told = lines.map((line) => [line, line.points.find((point) => point[0] === day)?.[1]]).sort((a, b) => (b[1] ?? -Infinity) - (a[1] ?? -Infinity));
    tip.replaceChildren(
      make("strong", {}, writeDay(day)),
      ...told.map(([line, value]) => make("div", {}, make("span", {}, make("span", { class: "dm-dot", style: `background:${line.colour}` }), line.name), make("span", {}, writeFigure(value, kind)))),
    );
    tip.hidden = false;
    const scale = svg.getBoundingClientRect().width / width;
    const left = at(day) * scale;
    tip.style.left = `${left > svg.clientWidth / 2 ? Math.max(0, left - tip.offsetWidth - 14) : Math.min(left + 14, svg.clientWidth - tip.offsetWidth)}px`;
    tip.style.top = "12px";
    cursor.setAttribute("x1", at(day));
    cursor.setAttribute("x2", at(day));
    cursor.setAttribute("visibility", "visible");
  };
  const hide = () => {
    tip.hidden = true;
    cursor.setAttribute("visibility", "hidden");
  };
  const stretch = (index) => {
    const [left, right] = [at(days[Math.min(from, index)]), at(days[Math.max(from, index)])];
    zoom.setAttribute("x", left);
    zoom.setAttribute("width", right - left);
    zoom.setAttribute("visibility", right > left ? "visible" : "hidden");
  };
  svg.addEventListener("pointermove", (event) => {
    const index = locate(event);
    show(index);
    if (from !== null) stretch(index);
  });
  svg.addEventListener("pointerdown", (event) => {
    from = event.pointerType === "mouse" ? locate(event) : null;
    if (from !== null) svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointerup", (event) => {
    const index = locate(event);
    const ends = from === null ? null : [days[Math.min(from, index)], days[Math.max(from, index)]];
    from = null;
    zoom.setAttribute("visibility", "hidden");
    if (ends && ends[0] !== ends[1]) onZoom(...ends);
  });
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("blur", hide);
  svg.addEventListener("focus", () => show(place));
  svg.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7, Home: -days.length, End: days.length }[event.key];
    if (event.key === "Escape") hide();
    if (move === undefined) return;
    event.preventDefault();
    show(place + move);
  });
}

function chooseTicks(low, high, wanted = 4) {
  if (!(high > low)) return [0, 1];
  const rough = (high - low) / wanted;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * size >= rough) * size;
  const ticks = [];
  for (let tick = Math.floor(low / step) * step; tick < high + step * 0.999; tick += step) ticks.push(Number(tick.toPrecision(12)));
  return ticks;
}

function shortFigure(value, kind, largest) {
  const locale = t("spaces");
  if (kind === "share") return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: largest < 0.05 ? 1 : 0 }).format(value);
  const money = kind === "money" ? { style: "currency", currency: facts.currency, currencyDisplay: "narrowSymbol" } : {};
  return new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1, minimumFractionDigits: 0, ...money }).format(value);
}

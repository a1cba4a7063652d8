// The explorer: filters and a drill-down kept in the address, sums from the database, a chart and a table.

const PRESETS = [7, 28, 90, 365];
const explorer = { choices: null, answer: null, number: 0, before: null };

function readState() {
  const filters = {};
  for (const name of Object.keys(facts.dimensions)) if (name !== "channel" && recall(name)) filters[name] = recall(name);
  return {
    metric: facts.metrics[recall("metric")] ? recall("metric") : "roi",
    days: recall("days") ?? "28",
    since: recall("since"),
    until: recall("until"),
    channel: recall("channel"),
    campaign: recall("campaign"),
    filters,
  };
}

function change(changes) {
  for (const [name, value] of Object.entries(changes)) remember(name, value);
  return showExplorer();
}

function choosePeriod(state) {
  if (state.days === "own" && state.since && state.until) return [state.since, state.until];
  if (state.days === "all") return [facts.first, facts.until];
  const start = new Date(Date.parse(facts.until) - 86400000 * ((Number(state.days) || 28) - 1)).toISOString().slice(0, 10);
  return [start, facts.until];
}

function compute(sums, metric) {
  const { over, under } = facts.metrics[metric];
  let top = 0;
  for (const [name, factor] of Object.entries(over)) {
    if (sums[name] === null) return null;
    top += factor * sums[name];
  }
  if (under === null) return top;
  return sums[under] ? top / sums[under] : null;
}

function choose(label, name, options, chosen, onChange) {
  const list = options.map(([value, text]) => make("option", { value, selected: value === (chosen ?? "") }, text));
  return make("label", {}, label, make("select", { name: `explore-${name}`, id: `dm-explore-${name}`, on: { change: (event) => onChange(event.target.value) } }, ...list));
}

function drawFilters(state, [since, until]) {
  const periods = [...PRESETS.map((n) => [String(n), t("last_days", { n })]), ["all", t("everything")], ["own", t("custom")]];
  const parts = [
    choose(t("metric"), "metric", Object.entries(facts.metrics).map(([name, metric]) => [name, metric.label]), state.metric, (value) => change({ metric: value })),
    choose(t("period"), "days", periods, state.days, (value) => change(value === "own" ? { days: value, since, until } : { days: value, since: null, until: null })),
  ];
  if (state.days === "own") {
    for (const [name, label, value] of [["since", t("from"), since], ["until", t("to"), until]])
      parts.push(make("label", {}, label, make("input", { type: "date", id: `dm-explore-${name}`, value, min: facts.first, max: facts.until, on: { change: (event) => event.target.value && change({ [name]: event.target.value }) } })));
  }
  for (const [name, label] of Object.entries(facts.dimensions)) {
    const chosen = name === "channel" ? state.channel : state.filters[name];
    const values = explorer.choices ? explorer.choices[name] ?? [] : [chosen ?? []].flat();
    if (explorer.choices && !values.length) continue;
    parts.push(choose(label, name, [["", t("all")], ...values.map((value) => [value, value])], chosen, (value) => change({ [name]: value, ...(name === "channel" ? { campaign: null } : {}) })));
  }
  const narrowed = state.channel || state.campaign || Object.keys(state.filters).length;
  if (narrowed) parts.push(make("button", { type: "button", class: "dm-button", on: { click: clearFilters } }, t("clear")));
  return make("div", { class: "dm-filters" }, ...parts);
}

function clearFilters() {
  return change(Object.fromEntries([...Object.keys(facts.dimensions), "campaign", "campaign_name"].map((name) => [name, null])));
}

function drawCrumbs(state) {
  const crumbs = [make("button", { type: "button", on: { click: () => change({ channel: null, campaign: null }) } }, t("channels"))];
  if (state.channel) crumbs.push(make("span", { "aria-hidden": "true" }, "\u203a"), make("button", { type: "button", on: { click: () => change({ campaign: null }) } }, state.channel));
  if (state.campaign) crumbs.push(make("span", { "aria-hidden": "true" }, "\u203a"), make("strong", {}, recall("campaign_name") || state.campaign));
  if (explorer.before && state.days === "own") crumbs.push(make("button", { type: "button", id: "dm-zoom-out", on: { click: zoomOut } }, t("zoom_out")));
  return make("div", { class: "dm-crumbs" }, ...crumbs);
}

// The database is asked when the explorer comes near, not for those who read the top of the page.
const nearness = new IntersectionObserver((entries) => {
  if (!entries.some((entry) => entry.isIntersecting)) return;
  nearness.disconnect();
  showExplorer();
}, { rootMargin: "800px" });

function watchExplorer() {
  const box = document.getElementById("dm-explorer");
  nearness.disconnect();
  if (explorer.answer) showExplorer();
  else if (box) nearness.observe(box);
}

async function showExplorer() {
  const box = document.getElementById("dm-explorer");
  if (!box || facts.empty) return;
  const number = ++explorer.number;
  try {
    const state = readState();
    const [since, until] = choosePeriod(state);
    const by = state.campaign ? "day" : state.channel ? "campaign" : "channel";
    box.classList.add("dm-busy");
    const answer = await ask("slice", { since, until, by, channel: state.channel, campaign: state.campaign, filters: state.filters });
    if (number !== explorer.number) return;
    const focused = document.activeElement?.id;
    explorer.answer = answer;
    const chart = make("div", { class: "dm-chart" });
    box.replaceChildren(
      drawFilters(state, [since, until]),
      drawCrumbs(state),
      ...(answer.rows.length ? [make("p", { class: "dm-muted dm-small" }, describe(state, [since, until], by)), chart, drawTable(state, by)] : [make("p", { class: "dm-none" }, t("nothing"))]),
    );
    if (answer.rows.length) drawLines(chart, state, by);
    prepareTables(box);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    if (!explorer.choices) await offerChoices(box);
  } catch (error) {
    complain(error);
  } finally {
    if (number === explorer.number) box.classList.remove("dm-busy");
  }
}

// The chart comes first: of many rows the list of all values takes longer than their sums.
async function offerChoices(box) {
  explorer.choices = (await ask("choices")).choices;
  const state = readState();
  const focused = document.activeElement?.id;
  find(".dm-filters", box)?.replaceWith(drawFilters(state, choosePeriod(state)));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function describe(state, [since, until], by) {
  const { answer } = explorer;
  const pace = answer.weekly && by !== "day" ? t("weekly") : t("daily");
  const drawn = by !== "day" && answer.count > 8 ? ` ${t("lines", { n: 8 })}` : "";
  return `${facts.metrics[state.metric].label}, ${writeDay(since)} \u2013 ${writeDay(until)}, ${pace}. ${t("answered", { rows: writeFigure(answer.total.rows, "count"), ms: answer.ms })}.${drawn} ${t("zoom")}`;
}

const keyOf = (row) => row.campaign_id ?? row.channel;
const nameOf = (row) => (row.campaign_id === undefined ? row.channel : row.name || row.campaign_id || t("unnamed"));
const PALETTE = ["#1a6fb0", "#c2571a", "#338f66", "#b3266f", "#d19a1a", "#855ccc", "#149c9c", "#705c3d"];

function drawLines(box, state, by) {
  const { answer } = explorer;
  const lines =
    by === "day"
      ? [{ name: recall("campaign_name") || state.campaign, colour: facts.colours[state.channel] ?? PALETTE[0], points: answer.rows.map((row) => [row.date, compute(row, state.metric)]) }]
      : answer.rows.slice(0, 8).map((row, index) => ({
          name: nameOf(row),
          colour: by === "channel" ? facts.colours[row.channel] ?? PALETTE[index] : PALETTE[index],
          points: answer.lines.filter((line) => line.channel === row.channel && keyOf(line) === keyOf(row)).map((line) => [line.day, compute(line, state.metric)]),
        }));
  const label = t("chart", { metric: facts.metrics[state.metric].label });
  drawChart(box, { lines, kind: facts.metrics[state.metric].kind, label, onZoom: (since, until) => zoomIn(state, since, until) });
}

function zoomIn({ days, since: first, until: last }, since, until) {
  explorer.before ??= { days, since: first, until: last };
  return change({ days: "own", since, until });
}

function zoomOut() {
  const { before } = explorer;
  explorer.before = null;
  return change(before);
}

function drawTable(state, by) {
  const { answer } = explorer;
  const columns = [...new Set([state.metric, "spend", "revenue", "roi", "conversions", "conversion_rate", "cpa"])].slice(0, 7);
  const cells = (sums) => columns.map((name) => {
    const value = compute(sums, name);
    return make("td", { "data-head": facts.metrics[name].label, "data-order": value ?? "-inf" }, make("span", {}, writeFigure(value, facts.metrics[name].kind)));
  });
  const open = (row) => {
    if (by === "day") return writeDay(row.date);
    const step = by === "channel" ? { channel: row.channel } : { campaign: row.campaign_id, campaign_name: nameOf(row) };
    const colour = by === "channel" ? facts.colours[row.channel] : PALETTE[answer.rows.indexOf(row)];
    const dot = colour ? make("span", { class: "dm-dot", style: `background:${colour}` }) : null;
    return make("span", {}, dot, make("button", { type: "button", on: { click: () => change(step) } }, nameOf(row)));
  };
  const head = make("thead", {}, make("tr", {}, make("th", { scope: "col" }, t(`by_${by}`)), ...columns.map((name) => make("th", { scope: "col" }, facts.metrics[name].label))));
  const bodies = answer.rows.map((row) => make("tbody", {}, make("tr", {}, make("th", { scope: "row", ...(by === "day" ? { "data-order": Date.parse(row.date) } : {}) }, open(row)), ...cells(row))));
  const foot = make("tfoot", {}, make("tr", {}, make("th", { scope: "row" }, t("total")), ...cells(answer.total)));
  const table = make("table", { class: "dm-table", "data-sortable": true }, make("caption", { class: "dm-hidden" }, t(`by_${by}`)), head, ...bodies, foot);
  const cut = answer.count > answer.rows.length ? make("p", { class: "dm-muted dm-small" }, t("first_rows", { n: answer.rows.length, total: writeFigure(answer.count, "count") })) : null;
  return make("div", {}, table, cut);
}

// The page around its sections: words, figures, theme, freshness, refreshes, Sync now, messages.

const root = document.getElementById("demetra");
const PULSE_SECONDS = 5;
const FAST_PULSE_SECONDS = 0.7;
const SLOW_PULSE_SECONDS = 60;
const PATIENCE_SECONDS = 12;
let facts = {};
let shown = root.dataset.shown;
let watched = null;
let pulseTimer = 0;
let bell = null;

const find = (selector, within = root) => within.querySelector(selector);
const findAll = (selector, within = root) => [...within.querySelectorAll(selector)];

function t(key, values = {}) {
  return (facts.words?.[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

function make(tag, attributes = {}, ...children) {
  const element = tag.startsWith("svg:") ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4)) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function writeFigure(value, kind) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "\u2013";
  const locale = t("spaces");
  const large = Math.abs(value) >= 1e6;
  if (kind === "share") return new Intl.NumberFormat(locale, { style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);
  if (kind === "ratio") return new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);
  const digits = kind === "money" && Math.abs(value) < 100 ? 2 : 0;
  const size = large ? { notation: "compact", maximumSignificantDigits: 3 } : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const money = kind === "money" ? { style: "currency", currency: facts.currency, currencyDisplay: "narrowSymbol" } : {};
  return new Intl.NumberFormat(locale, { ...size, ...money }).format(value);
}

function writeDay(day, options = { day: "numeric", month: "short", year: "numeric" }) {
  return new Intl.DateTimeFormat(t("spaces") === "ru-RU" ? "ru-RU" : "en-GB", { ...options, timeZone: "UTC" }).format(new Date(`${day}T00:00Z`));
}

function remember(name, value) {
  const address = new URL(location.href);
  if (value === null || value === undefined || value === "") address.searchParams.delete(name);
  else address.searchParams.set(name, value);
  history.replaceState(null, "", address);
}

const recall = (name) => new URL(location.href).searchParams.get(name);

function say(text, action = null) {
  const box = document.getElementById("dm-toast");
  if (!box) return;
  const button = action && make("button", { type: "button", on: { click: action.do } }, action.label);
  box.replaceChildren(make("div", {}, make("span", {}, text), button));
  if (!action) setTimeout(() => box.firstChild?.textContent === text && box.replaceChildren(), 6000);
}

function complain(error) {
  if (error.kind === "Lost") loseConnection();
  else say(t("problem", { reason: error.message }), { label: t("close"), do: () => document.getElementById("dm-toast").replaceChildren() });
}

function loseConnection() {
  root.classList.remove("dm-connected");
  clearTimeout(pulseTimer);
  if (document.hidden) document.addEventListener("visibilitychange", () => location.reload(), { once: true });
  else say(t("lost"), { label: t("reload"), do: () => location.reload() });
}

function showTheme(theme) {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  const button = find('[data-do="theme"]');
  if (!button) return;
  button.textContent = { auto: "\u25d0", light: "\u2600", dark: "\u263e" }[theme];
  button.setAttribute("aria-label", t(`theme_${theme}`));
  button.title = t(`theme_${theme}`);
}

function turnTheme() {
  const order = ["auto", "light", "dark"];
  const next = order[(order.indexOf(root.dataset.theme ?? "auto") + 1) % order.length];
  try {
    localStorage.setItem("demetra-theme", next);
  } catch { /* private windows may refuse: the choice then lasts as long as the page */ }
  showTheme(next);
}

function recallTheme() {
  try {
    return localStorage.getItem("demetra-theme") ?? "auto";
  } catch {
    return root.dataset.theme ?? "auto";
  }
}

function tellAges() {
  for (const time of findAll("time[datetime]")) {
    const minutes = Math.floor((Date.now() - new Date(time.dateTime)) / 60000);
    const ago = minutes < 60 ? t("minutes", { n: minutes }) : minutes < 2880 ? t("hours", { n: Math.floor(minutes / 60) }) : t("days", { n: Math.floor(minutes / 1440) });
    time.textContent = minutes < 1 ? t("just_now") : t("ago", { ago });
  }
}

// With a menu open, a date may be half typed: what is new comes when the menu is closed.
const isChoosing = () => find("details.dm-menu[open]") !== null;

async function refresh(language) {
  showPage(await ask("page", { language }));
}

// The page anew where the pulse tells of something that it does not show; whether it was.
async function renew(pulse) {
  if (pulse.published === shown || isChoosing()) return false;
  const answer = await ask("page", { language: facts.language });
  if (isChoosing()) return false;
  showPage(answer);
  return true;
}

function showPage(answer) {
  const open = findAll("details[id][open]").map((part) => part.id);
  const focused = document.activeElement?.id;
  const at = scrollY;
  root.innerHTML = answer.html;
  shown = answer.shown;
  root.lang = answer.language;
  document.documentElement.lang = answer.language;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  start();
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  scrollTo({ top: at, behavior: "instant" });
}

function showProgress(run, asked) {
  const box = document.getElementById("dm-progress");
  const steps = run?.steps ?? [];
  const done = steps.filter((step) => !["pending", "running"].includes(step.status)).length;
  const waited = (Date.now() - asked) / 1000;
  const title = run?.status === "queued" ? t(waited > PATIENCE_SECONDS ? "no_runner" : "queued") : t("running");
  box.replaceChildren(
    make("strong", {}, title),
    make("progress", { max: steps.length || 1, "aria-label": title, value: steps.length ? done : null }),
    make("ol", {}, ...steps.map((step) => make("li", { "data-status": step.status }, make("span", {}, facts.steps[step.step] ?? step.step), make("span", {}, t(`status_${step.status}`))))),
  );
  box.hidden = false;
}

async function syncNow() {
  const button = find('[data-do="sync"]');
  button.disabled = true;
  try {
    watched = { ...(await ask("sync")), asked: Date.now() };
    await beat();
  } catch (error) {
    button.disabled = false;
    complain(error);
  }
}

async function endRun(run) {
  watched = null;
  document.getElementById("dm-progress").hidden = true;
  find('[data-do="sync"]').disabled = false;
  await renew(await ask("pulse"));
  // results that wait for a menu to close are told when they are shown
  if (run.status !== "succeeded" || !isChoosing()) say(t(run.status, { reason: run.error ?? "" }));
}

async function beat() {
  clearTimeout(pulseTimer);
  if (document.hidden) return;
  try {
    const pulse = await ask("pulse", watched ? { run: watched.run } : {});
    if (watched && pulse.run && !["queued", "running"].includes(pulse.run.status)) await endRun(pulse.run);
    else if (watched) showProgress(pulse.run, watched.asked);
    else if (await renew(pulse)) say(t("published"));
    tellAges();
  } catch (error) {
    complain(error);
    if (error.kind === "Lost") return;
  }
  const heard = bell?.readyState === EventSource.OPEN && !isChoosing();
  const pause = watched ? FAST_PULSE_SECONDS : heard ? SLOW_PULSE_SECONDS : PULSE_SECONDS;
  pulseTimer = setTimeout(beat, 1000 * pause);
}

// The server rings when a run or an incident changes; where it cannot, the page asks every few seconds.
function hearBell() {
  bell ??= new EventSource(new URL("api/events", new URL(kernel.baseUrl ?? "/", location.href)));
  for (const name of ["progress", "alerts"]) bell.addEventListener(name, beat);
  bell.onerror = beat;
}

async function save(kind, wish) {
  const file = await ask(kind, wish);
  const bytes = Uint8Array.from(atob(file.base64), (letter) => letter.charCodeAt(0));
  const link = make("a", { href: URL.createObjectURL(new Blob([bytes], { type: file.type })), download: file.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  say(t("downloaded", { name: file.name }));
}

// What happens when: at the start, after each refresh, and at each click.

const ACTIONS = {
  language: (value) => {
    remember("lang", value);
    return refresh(value);
  },
  theme: turnTheme,
  sync: syncNow,
  reload: () => location.reload(),
  csv: (value) => save("csv", { name: value }),
  export: (value) => save("export", { format: value }),
  alert: changeAlert,
};

function start() {
  facts = JSON.parse(document.getElementById("dm-facts")?.textContent ?? "{}");
  showTheme(recallTheme());
  tellAges();
  prepareTables();
  explorer.choices = null;
  if (root.classList.contains("dm-connected")) {
    watchExplorer();
    recallComparison();
  }
}

root.addEventListener("click", (event) => {
  const target = event.target.closest("[data-do]");
  if (!target || (target.matches("a") && !root.classList.contains("dm-connected") && target.dataset.do !== "reload")) return;
  event.preventDefault();
  target.closest("details.dm-menu")?.removeAttribute("open");
  Promise.resolve(ACTIONS[target.dataset.do](target.dataset.value, target.dataset)).catch(complain);
});

root.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.id === "dm-sliders") allocateAgain(form);
  if (form?.id === "dm-comparison") compareAgain(form);
});

root.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.matches(".dm-until")) snoozeUntil(event.target);
});

root.addEventListener("toggle", (event) => event.target.matches(".dm-events[open]") && showEvents(event.target), true);

// A menu closes when its reader turns to something else.
root.addEventListener("focusin", (event) => closeMenus(event.target));
root.addEventListener("pointerdown", (event) => closeMenus(event.target));
root.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest("details.dm-menu[open]");
  if (menu) {
    menu.removeAttribute("open");
    find("summary", menu).focus();
  }
});

root.addEventListener("reset", (event) => setTimeout(() => allocateAgain(event.target)));

// A link to a table opens it.
root.addEventListener("click", (event) => {
  const name = event.target.closest("a.dm-figure")?.hash.slice(4);
  if (name) document.getElementById(`dm-table-${name}`)?.setAttribute("open", "");
});

let drawnWidth = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === drawnWidth || !explorer.answer?.rows.length) return;
  drawnWidth = innerWidth;
  const chart = find(".dm-chart");
  const state = readState();
  if (chart) drawLines(chart, state, state.campaign ? "day" : state.channel ? "campaign" : "channel");
});

remember("token", null); // it has opened the door, and need not be seen over a shoulder
document.addEventListener("visibilitychange", beat);
document.documentElement.lang = root.lang;
document.title = "DEMETRA";
start();
if (!document.getElementById("dm-facts")) setTimeout(() => location.reload(), 15000);
else
  connect(
    () => {
      root.classList.add("dm-connected");
      hearBell();
      beat();
      watchExplorer();
      recallComparison();
    },
    loseConnection,
  );

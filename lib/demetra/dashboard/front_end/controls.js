// The comparison's choices and the what-if's sliders: each change is answered with HTML.

let allocating = 0;

async function compareAgain(form) {
  const section = document.getElementById("dm-compare");
  const wish = { metric: form.elements.metric.value, days: Number(form.elements.days.value) };
  remember("compare", `${wish.metric},${wish.days}`);
  section.classList.add("dm-busy");
  try {
    const focused = document.activeElement?.name;
    section.innerHTML = (await ask("compare", wish)).html;
    find(`#dm-comparison [name="${focused}"]`)?.focus({ preventScroll: true });
  } catch (error) {
    complain(error);
  } finally {
    section.classList.remove("dm-busy");
  }
}

function recallComparison() {
  const form = document.getElementById("dm-comparison");
  const [metric, days] = (recall("compare") ?? "").split(",");
  if (!form || !facts.metrics[metric]) return;
  form.elements.metric.value = metric;
  form.elements.days.value = days;
  if (form.elements.days.value) compareAgain(form);
}

function describeSliders(form) {
  form.elements.total_shown.value = writeFigure(Number(form.elements.total.value), "money");
  form.elements.bound_shown.value = `\u00b1${Math.round(100 * form.elements.bound.value)}${facts.language === "ru" ? "\u00a0" : ""}%`;
}

async function allocateAgain(form) {
  describeSliders(form);
  const number = ++allocating;
  const box = document.getElementById("dm-allocation");
  await new Promise((resolve) => setTimeout(resolve, 120));
  if (number !== allocating) return;
  box.classList.add("dm-busy");
  const fixed = findAll('[name="fixed"]:checked', form).map((box_) => box_.value);
  try {
    const answer = await ask("allocate", { total: Number(form.elements.total.value), bound: Number(form.elements.bound.value), fixed });
    if (number !== allocating) return;
    box.innerHTML = answer.html;
    prepareTables(box);
  } catch (error) {
    if (error.kind === "InfeasibleLimitsError") box.replaceChildren(make("p", { class: "dm-notice", role: "alert" }, error.message));
    else complain(error);
  } finally {
    if (number === allocating) box.classList.remove("dm-busy");
  }
}

// Incidents: taken on, put off, closed, marked as read; what has become of one. The section comes anew with each change.

async function changeAlert(id, { change, hours, until }) {
  const wish = { alert: Number(id), change };
  if (change === "snooze") wish.until = until ?? new Date(Date.now() + 3600000 * Number(hours)).toISOString();
  const section = document.getElementById("dm-alerts");
  const answer = await ask("alert", wish);
  const open = findAll("details[id][open]", section).map((part) => part.id);
  section.innerHTML = answer.html;
  if (shown === answer.before) shown = answer.published;
  for (const part of open) document.getElementById(part)?.setAttribute("open", "");
  const card = document.getElementById(`dm-alert-${id}`);
  (card?.checkVisibility() ? card : section).focus({ preventScroll: true });
  say(t(`alert_${change}`));
}

function snoozeUntil(form) {
  const midnight = new Date(`${form.elements.until.value}T00:00`);
  changeAlert(form.dataset.value, { change: "snooze", until: midnight.toISOString() }).catch(complain);
}

async function showEvents(part) {
  try {
    const box = find("div", part);
    box.innerHTML = (await ask("history", { alert: Number(part.dataset.value) })).html;
  } catch (error) {
    complain(error);
  }
}

function closeMenus(within) {
  for (const menu of findAll("details.dm-menu[open]")) if (!menu.contains(within)) menu.removeAttribute("open");
}

// Tables that are sorted by their heads. A row is a tbody: it may have a second line.

function prepareTables(within = root) {
  for (const table of findAll("table[data-sortable]", within)) {
    for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
      const label = head.textContent;
      head.replaceChildren(make("button", { type: "button", title: t("sort", { column: label }), on: { click: () => sortTable(table, column) } }, label));
    }
  }
}

function sortTable(table, column) {
  const heads = [...table.tHead.rows[0].cells];
  const downwards = heads[column].getAttribute("aria-sort") !== "descending";
  for (const head of heads) head.removeAttribute("aria-sort");
  heads[column].setAttribute("aria-sort", downwards ? "descending" : "ascending");
  const read = (body) => {
    const cell = body.rows[0].cells[column];
    return cell.dataset.order === undefined ? cell.textContent.trim() : Number(cell.dataset.order.replace("inf", "Infinity"));
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b || 0 : String(a).localeCompare(String(b), facts.language));
  const bodies = [...table.tBodies].sort((a, b) => (downwards ? -1 : 1) * compare(read(a), read(b)));
  table.append(...bodies);
}

const plain = text => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const made = (tag, facts) => Object.assign(document.createElement(tag), facts);
const cells = row => [...row.cells].map(cell => cell.textContent.replace(/\s+/g, " ").trim());
const figure = text => {  // as the page writes numbers: 1.234,5 and a dash where there is none
  const found = /^[±+]?([-\u2212]?)(\d{1,3}(?:\.\d{3})+|\d+)(,\d+)?(?![\d/:.-])/.exec(text);
  return found ? +((found[1] ? "-" : "") + found[2].replaceAll(".", "") + (found[3] || "").replace(",", ".")) : NaN;
};
const numeric = texts => texts.every(text => text === "—" || !text || !isNaN(figure(text)));

function sort(table, column, head) {
  const body = table.tBodies[0], rows = [...body.rows], up = head.getAttribute("aria-sort") !== "ascending";
  const texts = new Map(rows.map(row => [row, cells(row)[column] || ""]));
  const numbers = numeric([...texts.values()]), empty = text => !text || text === "—";
  rows.sort((a, b) => {
    const [one, other] = [texts.get(a), texts.get(b)];
    if (empty(one) || empty(other)) return empty(one) - empty(other);
    const order = numbers ? figure(one) - figure(other) : one.localeCompare(other, "es", {numeric: true});
    return up ? order : -order;
  });
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  body.append(...rows);
}

function csv(table) {
  const heads = [...table.tHead.rows[0].cells];
  const cell = (text, i) => {
    if (heads[i].classList.contains("n") && /^[-\u2212]?[\d.]+(,\d+)?$/.test(text)) text = text.replaceAll(".", "").replace("\u2212", "-");
    else if (/^[=+@\t\r-]/.test(text)) text = "'" + text;  // a sheet would run it
    return /[;"\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return "\ufeff" + [...table.rows].map(row => cells(row).map(cell).join(";") + "\r\n").join("");
}

function download(table, title) {
  const url = URL.createObjectURL(new Blob([csv(table)], {type: "text/csv"}));
  const name = plain(title).replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 40) || "tabla";
  made("a", {href: url, download: name + ".csv"}).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

function search(box, rows) {
  const texts = rows.map(row => plain(row.textContent)), form = made("p", {className: "find"});
  form.innerHTML = '<label>Buscar <input type="search"></label> <span role="status"></span>';
  form.querySelector("input").addEventListener("input", event => {
    const words = plain(event.target.value).split(/\s+/).filter(Boolean);
    let found = 0;
    rows.forEach((row, i) => {
      row.hidden = !words.every(word => texts[i].includes(word));
      found += !row.hidden;
    });
    form.querySelector("span").textContent = words.length ? `${found} de ${rows.length}` : "";
  });
  box.before(form);
}

for (const box of document.querySelectorAll(".table")) {
  const table = box.querySelector("table"), body = table && table.tBodies[0];
  if (!body || !table.tHead || table.tHead.rows.length !== 1) continue;
  const rows = [...body.rows], title = box.getAttribute("aria-label") || "Tabla";
  if (box.classList.contains("search")) search(box, rows);
  if (rows.length < 2) continue;
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = made("button", {type: "button", title: "Ordenar"});
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(table, column, head));
    head.append(button);
  });
  const save = made("button", {type: "button", className: "save", textContent: "Tabla (CSV)", title});
  save.addEventListener("click", () => download(table, title));
  box.after(save);
}

// What a mark of a chart says, below it: for a finger, which has nothing to hover with.
document.addEventListener("pointerover", event => {
  const mark = event.target.closest(".hits > *"), chart = mark && mark.closest(".plot");
  if (!chart) return;
  const said = chart.querySelector("output") || chart.querySelector("figcaption").appendChild(made("output"));
  said.textContent = mark.querySelector("title").textContent;
});

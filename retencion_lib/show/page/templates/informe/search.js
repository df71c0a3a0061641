for (const box of document.querySelectorAll(".table.search")) {
  const rows = [...box.querySelectorAll("tbody tr")], plain = text =>
    text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const texts = rows.map(row => plain(row.textContent)), form = document.createElement("p");
  form.className = "find";
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

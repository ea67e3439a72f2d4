"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const table = document.querySelector("table");
  if (!table) return;

  const find = (selector, within = document) => within.querySelector(selector);
  const list = (selector, within = document) => [...within.querySelectorAll(selector)];
  /** An element of text and elements. Text is only ever set as text. */
  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    element.append(...children.filter((child) => child || child === ""));
    return element;
  };
  /** What stands between backticks is code. */
  const spans = (text) => {
    const pieces = text.split("`");
    const last = pieces.length % 2 === 0 ? pieces.length - 1 : pieces.length;
    return pieces.map((piece, at) => (at === last ? "`" + piece : at % 2 ? make("code", {}, piece) : piece));
  };

  // Rows, with what they are sorted and searched by.
  const RANK = { critical: 0, high: 1, medium: 2, low: 3, info: 4 };
  const collator = new Intl.Collator("en", { numeric: true });
  const rows = list("tbody", table).map((body) => {
    const finding = data.findings[Number(body.dataset.at)];
    const cell = (name) => find("td." + name, body).textContent;
    const keys = {
      severity: RANK[body.dataset.severity],
      check: finding.check,
      resource: cell("resource"),
      what: find("td.what > span:last-child", body).textContent,
      first: Date.parse(finding.firstSeen),
      who: cell("who"),
    };
    const actors = [finding.actor, finding.resolvedBy].filter(Boolean);
    const said = actors.map((actor) => [actor.who, actor.address, actor.call, actor.eventId].join(" "));
    const proofs = (finding.proofs || []).map((proof) => proof.because + " " + (proof.request ? JSON.stringify(proof.request) : ""));
    const text = [finding.id, finding.check, finding.resource, keys.what, ...said, ...proofs].join("\n").toLowerCase();
    return { body, finding, keys, text, at: Number(body.dataset.at) };
  });

  // What is shown, as the address says it.
  const search = find("#q");
  const group = find("#group");
  const chips = list(".chip");
  const heads = list("th[data-key]", table);
  const COLUMNS = heads.map((head) => head.dataset.key);
  let view;
  const read = () => {
    const said = new URLSearchParams(location.hash.slice(1));
    const several = (name) => (said.get(name) || "").split(",").filter(Boolean);
    const sort = said.get("sort") || "";
    return {
      severity: several("severity"),
      state: several("state"),
      group: said.get("group") || "",
      q: said.get("q") || "",
      sort: COLUMNS.includes(sort.replace("-", "")) ? sort : "",
      open: several("open"),
    };
  };
  const write = () => {
    const said = new URLSearchParams();
    for (const [name, value] of Object.entries(view)) if (value.length) said.set(name, String(value));
    const hash = String(said).replaceAll("%2C", ",");
    history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
  };

  const fits = ({ body, finding, text }, words) =>
    (!view.severity.length || view.severity.includes(body.dataset.severity)) &&
    (!view.state.length || view.state.includes(body.dataset.state) || (view.state.includes("new") && "new" in body.dataset)) &&
    (!view.group || view.group === body.dataset.group) &&
    words.every((word) => text.includes(word));

  let sorted = "";
  const sort = () => {
    for (const head of heads) {
      const here = view.sort.replace("-", "") === head.dataset.key;
      head.setAttribute("aria-sort", here ? (view.sort[0] === "-" ? "descending" : "ascending") : "none");
    }
    if (view.sort === sorted) return;
    sorted = view.sort;
    const key = sorted.replace("-", "");
    const sign = sorted[0] === "-" ? -1 : 1;
    const compare = (one, other) => (typeof one === "number" ? one - other : collator.compare(one, other));
    const order = (one, other) => (key ? sign * compare(one.keys[key], other.keys[key]) : 0) || one.at - other.at;
    const all = document.createDocumentFragment();
    for (const row of [...rows].sort(order)) all.append(row.body);
    table.append(all);
  };

  const show = () => {
    if (search.value !== view.q) search.value = view.q;
    if (group) group.value = view.group;
    for (const chip of chips) {
      chip.setAttribute("aria-pressed", String(view[chip.dataset.kind].includes(chip.dataset.value)));
    }
    sort();
    const words = view.q.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fit = fits(row, words);
      if (row.body.hidden === fit) row.body.hidden = !fit;
      if (fit) shown += 1;
      unfold(row, view.open.includes(row.finding.id));
    }
    const number = (count) => count.toLocaleString("en");
    find("output").textContent =
      shown === rows.length ? `${number(shown)} shown` : `${number(shown)} of ${number(rows.length)} shown`;
    find(".none").hidden = shown > 0;
  };

  // What unfolds below a row.
  const copying = (text) => {
    if (!navigator.clipboard) return undefined;
    const button = make("button", { type: "button", class: "copy" }, "Copy");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not allowed";
      }
      setTimeout(() => (button.textContent = "Copy"), 2000);
    });
    return button;
  };
  const moment = (text) => make("time", { datetime: text }, text.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC"));
  const fact = (name, ...value) => make("div", {}, make("dt", {}, name), make("dd", {}, ...value));
  const done = (name, actor) =>
    actor &&
    make("div", {}, make("dt", {}, name), make("dd", {}, actor.who),
      make("dd", {}, make("code", {}, actor.call), " from ", actor.address),
      make("dd", {}, moment(actor.at)),
      make("dd", { class: "muted" }, "CloudTrail event ", make("code", {}, actor.eventId)));
  const proven = (proof) =>
    make("li", {}, make("p", {}, ...spans(proof.because)),
      proof.request &&
        make("div", { class: "request" },
          make("p", { class: "muted" }, "Allowed by it, as ", make("code", {}, "warden simulate"), " asks: ",
            copying(JSON.stringify(proof.request))),
          make("pre", {}, JSON.stringify(proof.request, null, 2))));
  const detail = (finding) => {
    const check = data.checks[finding.check];
    const { suppressed, proofs = [] } = finding;
    const texts = make("div", { class: "texts" },
      check && make("h3", {}, "Why it matters"),
      check && make("p", {}, ...spans(check.why)),
      check && make("h3", {}, "What to do ", copying(check.remedy)),
      check && make("p", { class: "remedy" }, ...spans(check.remedy)),
      check && make("p", {},
        make("a", { href: check.reference, rel: "noopener noreferrer", target: "_blank" }, "AWS's documentation"),
        check.frameworks.length ? make("span", { class: "muted" }, "  " + check.frameworks.join(", ")) : undefined),
      !check && make("p", { class: "muted" }, "This version of kvs-warden has this check no more."),
      proofs.length ? make("h3", {}, "Proof") : undefined,
      proofs.length ? make("ul", { class: "proofs" }, ...proofs.map(proven)) : undefined);
    const facts = make("dl", {},
      fact("Resource", finding.resource),
      done("Done by", finding.actor),
      done("Resolved by", finding.resolvedBy),
      suppressed && fact("Suppressed until " + suppressed.expires, suppressed.reason, make("br"), make("span", { class: "muted" }, suppressed.owner)),
      fact("First seen", moment(finding.firstSeen)),
      fact("Last seen", moment(finding.lastSeen)),
      finding.resolvedAt && fact("Resolved", moment(finding.resolvedAt)),
      fact("Finding", make("code", {}, finding.id)));
    return make("tr", { class: "detail", role: "row" }, make("td", { role: "cell" }, texts, facts));
  };
  const unfold = (row, open) => {
    const is = row.body.childElementCount > 1;
    if (is === open) return;
    if (open) row.body.append(detail(row.finding));
    else row.body.lastElementChild.remove();
    find("td.fold button", row.body).setAttribute("aria-expanded", String(open));
  };

  // What people do.
  const toggled = (values, value) => (values.includes(value) ? values.filter((one) => one !== value) : [...values, value]);
  const change = (changed) => {
    view = { ...view, ...changed };
    write();
    show();
  };
  let asked = 0;
  search.addEventListener("input", () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(() => change({ q: search.value }));
  });
  if (group) group.addEventListener("change", () => change({ group: group.value }));
  for (const chip of chips) {
    const { kind, value } = chip.dataset;
    chip.addEventListener("click", () => change({ [kind]: toggled(view[kind], value) }));
  }
  for (const head of heads) {
    const { key } = head.dataset;
    // Up, down, and as it was.
    const next = { [key]: "-" + key, ["-" + key]: "" };
    find("button", head).addEventListener("click", () => change({ sort: view.sort in next ? next[view.sort] : key }));
  }
  table.addEventListener("click", (event) => {
    const line = event.target.closest("tbody > tr:first-child");
    if (!line || event.target.closest("a") || (String(getSelection()) && !event.target.closest("button"))) return;
    change({ open: toggled(view.open, data.findings[Number(line.parentElement.dataset.at)].id) });
  });
  const follow = () => {
    view = read();
    show();
    const first = view.open[0] && rows.find((row) => row.finding.id === view.open[0]);
    if (first && !first.body.hidden) first.body.scrollIntoView({ block: "start" });
    else if (location.hash && performance.now() > 1000) find("#findings").scrollIntoView({ block: "start" });
  };
  addEventListener("hashchange", follow);
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      search.focus();
    }
  });

  // On paper all of what is shown is unfolded.
  let closed = [];
  addEventListener("beforeprint", () => {
    for (const row of rows) if (!row.body.hidden) unfold(row, true);
    closed = list("details:not([open])");
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
    show();
  });

  follow();
})();

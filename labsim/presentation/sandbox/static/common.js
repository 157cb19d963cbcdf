// Shared by all pages: words in two languages, elements without markup from strings, requests, and news from the server.
export let lang = localStorage.getItem("labsim-lang") || "zh";
document.documentElement.lang = lang;
export const say = (zh, en) => (lang === "zh" ? zh : en);
export const text = (pair) => (pair ? pair[lang] : "");

export function el(tag, attrs = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && name !== "list") node[name] = value;
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  for (const child of children.flat(9)) if (child != null && child !== false) node.append(child);
  return node;
}

export const id = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");

// When something happened, as the clock on the wall says it.
export const wall = (at) => new Date(1000 * at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });

export async function get(path) {
  const answer = await fetch(path, { credentials: "same-origin" });
  if (answer.status === 401) location.href = "./";
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

// An action carries a number of its own, so that sending it again after a lost connection does it once.
export async function post(path, data) {
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await fetch(path, {
        method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: JSON.stringify(data),
      });
      const found = await answer.json();
      if (found.refused) tell(text(found.refused), true);
      else if (!answer.ok) tell(answer.status === 429 ? say("试得太快，请等一分钟", "too many tries: wait a minute") : say("没有成功", "that did not work") + ` (${answer.status})`, true);
      return answer.ok ? found : null;
    } catch (error) {
      if (attempt >= 5) { tell(say("连接不上，请检查网络", "no connection"), true); return null; }
      await new Promise((done) => setTimeout(done, 400));
    }
  }
}
export const act = (kind, data = {}) => post("api/act", { kind, id: id(), ...data });

export function tell(words, bad = false) {
  document.querySelectorAll(".said").forEach((one) => one.remove());
  const box = el("div", { className: bad ? "said bad" : "said", role: "status" }, words);
  document.body.append(box);
  setTimeout(() => box.remove(), bad ? 6000 : 2500);
}

export function listen(refresh) {
  const line = el("div", { className: "off", hidden: true }, say("连接中断，正在重连……", "connection lost, trying again …"));
  document.body.prepend(line);
  const source = new EventSource("api/events");
  source.onmessage = () => { line.hidden = true; refresh(); };
  source.onerror = () => {
    line.hidden = false;
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 1500);
  };
}

export function langButton() {
  return el("button", { className: "lang", type: "button", onclick: () => {
    localStorage.setItem("labsim-lang", lang === "zh" ? "en" : "zh"); location.reload();
  } }, say("English", "中文"));
}

export function number(value, share, places) {
  if (value === null || value === undefined) return "–";
  const v = share ? 100 * value : value;
  const digits = places ?? (Math.abs(v) >= 100 ? 0 : Math.abs(v) >= 10 ? 1 : share ? 1 : 2);
  return v.toLocaleString("en-US", { maximumFractionDigits: digits }) + (share ? "%" : "");
}
export const yuan = (value) => Math.round(value).toLocaleString("en-US") + say(" 元", " yuan");

let ends = null, stopped = false;
export function clock(view) {
  stopped = view.paused;
  ends = view.seconds === null ? null : Date.now() + 1000 * view.seconds;
  const node = el("span", { className: "clock" });
  const draw = () => {
    if (!node.isConnected && node.dataset.seen) return;
    node.dataset.seen = "1";
    if (ends === null) { node.textContent = ""; return; }
    const left = Math.round(stopped ? view.seconds : (ends - Date.now()) / 1000);
    const s = Math.abs(left);
    node.textContent = (left < 0 ? "-" : "") + Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0") + (stopped ? say("（暂停）", " (paused)") : "");
    node.classList.toggle("late", left < 0);
    setTimeout(draw, 1000);
  };
  queueMicrotask(draw);
  return node;
}

export function figuresTable(figures) {
  const rounds = figures.length ? figures[0].values.length : 0;
  const heads = Array.from({ length: rounds }, (_, i) => el("th", { scope: "col" }, i ? say(`第${i}轮`, `round ${i}`) : say("此前", "before")));
  return el("div", { className: "scroll" }, el("table", {},
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("台账指标", "on record")), heads)),
    el("tbody", {}, figures.map((one) => el("tr", {},
      el("th", { scope: "row", title: text(one.definition) }, text(one.label), " ", el("small", {}, one.share ? "" : text(one.unit))),
      one.values.map((v, i) => el("td", { className: i === rounds - 1 && i ? "new" : "" }, number(v, one.share))))))));
}

export function scorecardTable(lines) {
  return el("div", { className: "scroll" }, el("table", {},
    el("thead", {}, el("tr", {}, [say("维度 / 指标", "dimension / indicator"), say("权重", "weight"), say("0分", "0 points"), say("100分", "100 points")].map((x) => el("th", { scope: "col" }, x)))),
    el("tbody", {}, lines.map((one) => el("tr", {},
      el("th", { scope: "row" }, text(one.dimension), " · ", text(one.label), one.group ? say("（", " (") + text(one.group) + say("）", ")") : ""),
      el("td", {}, one.weight + "%"),
      [one.poor, one.good].map((v) => el("td", {}, number(v, one.unit.en === "%")))))))); 
}

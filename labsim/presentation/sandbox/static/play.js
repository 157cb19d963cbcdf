import { act, clock, el, figuresTable, get, langButton, listen, number, post, say, scorecardTable, tell, text, yuan } from "./common.js";

const main = document.getElementById("main");
let place = "", view = null, busy = false, again = false;
const local = (name) => `labsim-${view.title.en}-${view.me.team}-${view.me.name}-${view.round}-${name}`;
const kept = (name) => localStorage.getItem(local(name)) || "";
const keep = (name) => (event) => localStorage.setItem(local(name), event.target.value);

async function refresh() {
  if (busy) { again = true; return; }
  busy = true;
  try { view = await get("api/view"); draw(); } catch (error) { /* the next news asks again */ }
  busy = false;
  if (again) { again = false; refresh(); }
}

function shown(one, value) {
  if (one.switch) return value ? say("开", "on") : say("关", "off");
  return one.share ? number(value, true, 0) : value.toLocaleString("en-US") + " " + (one.unit.zh === one.unit.en ? "" : text(one.unit).split("（")[0]);
}

function decision(one, open) {
  const value = el("span", { className: "value" }, shown(one, one.draft));
  const box = el("div", { className: one.draft !== one.now ? "decision changed" : "decision" });
  const slide = el("input", { type: "range", min: one.low, max: one.high, step: one.step, value: String(one.draft), disabled: !open || !one.mine,
    "aria-label": text(one.label), id: "lever-" + one.lever,
    oninput: () => { value.textContent = shown(one, Number(slide.value)); },
    onchange: () => { act("drafted", { round: view.round, levers: { [one.lever]: Number(slide.value) } }).then((ok) => { if (!ok) refresh(); }); } });
  slide.value = String(one.draft);
  const price = one.price ? say("每单位 ", "per unit ") : "";
  box.append(el("div", { className: "head" }, el("label", { htmlFor: slide.id, style: "margin:0" }, text(one.label)), value), slide,
    el("small", {}, text(one.why), el("br"), say("现在：", "now: "), shown(one, one.now), say("；由", "; "), text(one.by_label), say("决定", " decides"),
      one.price ? say(`；本轮每${one.down ? "减少" : "增加"} ${one.share ? "10%" : one.step.toLocaleString("en-US")} 花 `, `; each ${one.share ? "10%" : one.step.toLocaleString("en-US")} ${one.down ? "less" : "more"} costs `) + yuan(one.price * (one.share ? 0.1 : one.step)) : ""));
  return box;
}

function forecastForm(open) {
  return view.forecasts.map((one) => {
    const scale = one.share ? 100 : 1, last = view.figures.find((x) => x.name === one.name).values.at(-1);
    const field = (name, words, extra) => el("div", {}, el("label", { htmlFor: one.name + name }, words),
      el("input", { id: one.name + name, type: "number", inputMode: "decimal", step: "any", value: kept(one.name + name), disabled: !open, oninput: keep(one.name + name), ...extra }));
    return el("div", { className: "decision", "data-scale": scale }, el("b", {}, text(one.label)), " ",
      el("small", {}, say("上次 ", "last "), number(last, one.share), one.share ? "" : " " + text(one.unit)),
      el("div", { className: "three" }, field("rises", say("会上升的把握 %", "chance it rises %"), { min: 0, max: 100 }),
        field("low", say("八成把握：至少", "80 % sure: from") + (one.share ? " %" : "")), field("high", say("至多", "to") + (one.share ? " %" : ""))));
  });
}

// What if you had: one decision of one round, played again to the end.
function whatIf() {
  const round = el("select", { id: "if-round", "aria-label": say("轮次", "round") }, Array.from({ length: view.of }, (_, i) => el("option", { value: String(i) }, say(`第 ${i + 1} 轮`, `round ${i + 1}`))));
  const value = el("input", { id: "if-value", type: "range" }), shows = el("b", {}), answer = el("p", { id: "if-answer" });
  const lever = el("select", { id: "if-lever", "aria-label": say("决策", "decision") }, view.decisions.map((x) => el("option", { value: x.lever }, text(x.label))));
  const one = () => view.decisions.find((x) => x.lever === lever.value);
  const set = () => { Object.assign(value, { min: one().low, max: one().high, step: one().step }); value.value = String(one().high); shows.textContent = shown(one(), Number(value.value)); };
  lever.onchange = set; value.oninput = () => { shows.textContent = shown(one(), Number(value.value)); }; set();
  const ask = async () => {
    answer.textContent = say("正在重演……", "playing it again …");
    const got = await post("api/whatif", { round: Number(round.value), lever: lever.value, value: Number(value.value) });
    const sign = (x) => (x > 0 ? "+" : "") + x.toFixed(1);
    answer.textContent = got ? say(`这次的运气下 ${sign(got.met)} 分；其他 ${got.n} 个未来中 ${sign(got.difference)} 分`, `${sign(got.met)} points on the luck you met; ${sign(got.difference)} in ${got.n} other futures`)
      + (got.low === null ? "" : say(`（95% 区间 ${sign(got.low)} 至 ${sign(got.high)}）`, ` (95 % interval ${sign(got.low)} to ${sign(got.high)})`)) + (got.low !== null && got.low <= 0 && got.high >= 0 ? say("：分不出好坏", ": not distinguishable") : got.difference > 0 ? say("：会更好", ": it would have been better") : say("：会更差", ": it would have been worse")) : "";
  };
  return el("div", { className: "card", id: "what-if" }, el("h2", {}, say("如果当时……", "What if you had …")), el("div", { className: "row" }, round, lever), el("div", { className: "row" }, value, shows), el("button", { className: "go", id: "if-ask", onclick: ask }, say("重演到最后", "play it to the end")), answer);
}

async function lock() {
  const read = (name) => { const v = document.getElementById(name).value; return v === "" ? NaN : Number(v); };
  const forecasts = view.forecasts.map((one) => {
    const scale = one.share ? 100 : 1;
    return { indicator: one.name, rises: read(one.name + "rises") / 100, low: read(one.name + "low") / scale, high: read(one.name + "high") / scale };
  });
  if (forecasts.some((x) => Number.isNaN(x.rises) || Number.isNaN(x.low) || Number.isNaN(x.high))) { tell(say("先填完预测", "fill in the forecasts first"), true); return; }
  const done = await act("locked", { round: view.round, forecasts, question: document.getElementById("question").value, reasons: document.getElementById("reasons").value });
  if (done) tell(say("方案已锁定", "the plan is locked"));
}

// What somebody who has just looked up should do next.
function todo(open) {
  const leader = text(view.lead);
  if (view.phase === "lobby") return say("读背景和你的角色卡，等主持人开始。", "read the story and your card; the facilitator will begin.");
  if (view.phase === "results") return view.ready ? say("先说预测差在哪里，再看台账。", "say where the forecast was wrong, then read the record.") : say("稍等，正在推演。", "wait: it is being worked out.");
  if (view.phase === "debrief") return say("打开复盘报告，再问“如果当时……”。", "open the debrief, then ask what if.");
  if (view.paused) return say("主持人暂停了，先听。", "the facilitator has paused: listen.");
  if (view.locked) return say("已锁定。看投影，准备说你们的理由。", "locked: watch the screen, get ready to give your reasons.");
  if (view.me.role === "observer") return say("看队伍怎样商量，记下转折点。", "watch how the team decides; note the turns.");
  return view.leads ? say("报数 → 商量 → 移动滑块 → 写预测和理由 → 锁定。", "tell figures → talk → move the sliders → foresee, give reasons → lock.")
    : say(`报出你的数字，移动你的滑块，请${leader}锁定。`, `tell your figures, move your sliders; the ${leader} locks.`);
}

function draw() {
  document.title = text(view.title);
  const typing = document.activeElement && document.activeElement.id, spot = window.scrollY;
  const open = view.phase === "deciding" && !view.locked && !view.paused && view.me.role !== "observer";
  const round = view.rounds[view.round];
  const phases = { lobby: say("等待开始", "waiting to start"), deciding: view.locked ? say("已锁定，等待其他队", "locked, waiting for others") : say("商议与决策", "discuss and decide"), results: view.ready ? say("看结果、讨论", "look at results, discuss") : say("正在推演……", "working it out …"), debrief: say("复盘", "debrief") };
  const left = el("div", {}), right = el("div", {});
  const top = el("div", { className: "card" },
    el("div", { className: "bar" }, el("small", {}, view.me.team + " · " + text(view.me.label) + " · " + view.me.name), langButton()),
    el("h1", {}, text(view.title)),
    el("div", { className: "bar" }, el("div", { className: "pills" }, el("span", { className: "pill" }, say(`第 ${view.round + 1}/${view.of} 轮`, `round ${view.round + 1} of ${view.of}`)),
      el("span", { className: view.locked ? "pill good" : "pill warn", id: "phase" }, phases[view.phase]))),
    el("p", { className: "now", id: "now" }, say("现在：", "now: "), todo(open)));
  if (view.messages.length) left.append(el("div", { className: "card news" }, el("b", {}, say("主持人：", "facilitator: ")), view.messages.at(-1)));
  if (view.phase === "debrief") left.append(el("div", { className: "card call" }, el("a", { href: "api/debrief", target: "_blank", className: "go" }, say("打开复盘报告", "open the debrief"))), whatIf());
  const brief = el("div", { className: "card call" }, el("h2", {}, say(`第 ${view.round + 1} 轮（${round.days} 天）`, `Round ${view.round + 1} (${round.days} days)`)), el("p", {}, text(round.brief)));
  if (view.phase !== "debrief") left.append(brief);
  if (view.phase !== "debrief") for (const one of view.news.filter((x) => view.phase !== "deciding" ? x.round === view.round + 1 : x.round === view.round)) left.append(el("div", { className: "card news" }, el("h2", {}, "⚑ " + text(one.title)), el("p", {}, text(one.story)), el("small", {}, say(`第 ${one.day} 天`, `day ${one.day}`))));
  left.append(el("div", { className: "card" }, el("h2", {}, say("你看得到的台账", "what is on record for you")), figuresTable(view.figures),
    el("small", {}, say(`台账晚 ${view.delay} 天，只记已上报的事。同队其他角色看到的指标不同，请互相通报。`, `Records are ${view.delay} days late and hold only what was reported. Others in your team see other figures: tell each other.`))));
  if (view.samples.length) left.append(el("div", { className: "card" }, el("h2", {}, say("买来的信息", "information you bought")), el("ul", {}, view.samples.map((one) => el("li", {}, say(`第 ${one.round} 轮 `, `round ${one.round} `), text(one.label), "：", one.found ? el("b", {}, number(one.found.share, true)) : say("无可抽样", "nothing to sample"),
    one.found ? el("small", {}, say(`（95% 区间 ${number(one.found.low, true)}–${number(one.found.high, true)}，n = ${one.found.n}）`, ` (95 % interval ${number(one.found.low, true)}–${number(one.found.high, true)}, n = ${one.found.n})`)) : null)))));
  if (view.foresight.length) left.append(el("div", { className: "card" }, el("h2", {}, say("预测得怎么样", "how good your forecasts were")), el("ul", {}, view.foresight.map((one) => el("li", {}, say(`第 ${one.round} 轮 `, `round ${one.round} `), text(one.label), say("：实为 ", ": it was "), number(one.after, one.unit.en === "%"), say("，区间", ", interval "), one.held ? say("命中", "held") : say("落空", "missed"),
    el("small", {}, say(`（方向得分 ${one.brier.toFixed(2)}，0 最好，0.25 等于不知道）`, ` (direction ${one.brier.toFixed(2)}; 0 is best, 0.25 is not knowing)`)))))));
  const story = el("details", { className: "card", open: view.phase === "lobby" || (view.round === 0 && view.phase === "deciding") }, el("summary", {}, say("背景、你的角色与评分", "story, your role and the scorecard")), el("p", {}, text(view.story)),
    view.me.card ? el("p", {}, el("b", {}, text(view.me.label) + say("：", ": ")), text(view.me.card)) : null, el("ul", {}, view.objectives.map((x) => el("li", {}, text(x)))), scorecardTable(view.scorecard),
    el("small", {}, say("只看真实结果，不看台账；只计后一半轮次。你的重连码：", "Only what really happens counts, over the second half. Your code to come back: "), el("b", { id: "rejoin" }, view.me.rejoin),
      view.me.table ? [say("；晚到的队友要用本队口令：", "; team mates who come late need your table's code: "), el("b", { id: "table" }, view.me.table)] : null));
  left.append(story);
  if (view.phase === "deciding") {
    right.append(el("div", { className: "card" }, el("h2", {}, say(`决策（本轮至多改 ${view.money.most} 项）`, `Decisions (at most ${view.money.most} changes)`)), view.decisions.map((one) => decision(one, open))));
    right.append(el("div", { className: "card" }, el("h2", {}, say("买信息（本轮末出结果）", "Buy information (comes with this round's results)")), view.purchases.map((one) => el("label", { className: "check" },
      el("input", { type: "checkbox", checked: one.bought, disabled: !open, id: "buy-" + one.name, onchange: () => {
        const wanted = view.purchases.filter((x) => document.getElementById("buy-" + x.name).checked).map((x) => x.name);
        act("drafted", { round: view.round, purchases: wanted }).then((ok) => { if (!ok) refresh(); });
      } }), el("span", {}, text(one.label), " ", el("small", {}, yuan(one.price)))))));
    right.append(el("div", { className: "card" }, el("h2", {}, say("先预测，再推演", "Foresee, then see")), el("small", {}, say("推演前锁定：下一份台账会怎样？", "Locked before the round: what will the next record say?")), forecastForm(open && view.leads),
      el("label", { htmlFor: "question" }, say("我们想弄清的问题", "the question we want answered")), el("input", { id: "question", maxLength: 500, value: view.plan ? view.plan.question : kept("question"), disabled: !open || !view.leads, oninput: keep("question") }),
      el("label", { htmlFor: "reasons" }, say("理由", "reasons")), el("textarea", { id: "reasons", maxLength: 2000, value: view.plan ? view.plan.reasons : kept("reasons"), disabled: !open || !view.leads, oninput: keep("reasons") })));
  }
  const foot = view.phase === "deciding" ? el("div", { className: "foot" }, el("div", { className: "inside" },
    el("span", {}, say("剩余 ", "left "), el("b", { id: "left", className: view.money.left < 0 ? "minus" : "" }, yuan(view.money.left)), el("br"), el("small", {}, say(`可用 ${yuan(view.money.there)}，改动 ${view.money.changes}/${view.money.most}`, `of ${yuan(view.money.there)}, ${view.money.changes}/${view.money.most} changes`))),
    clock(view),
    view.leads ? el("button", { className: "go", id: "lock", disabled: !open, onclick: lock }, view.locked ? say("已锁定", "locked") : say("锁定方案", "lock the plan")) : el("small", {}, say(`由${text(view.lead)}锁定`, `the ${text(view.lead)} locks`)))) : null;
  main.replaceChildren(top, view.phase === "deciding" ? el("div", { className: "columns" }, left, right) : left, ...(foot ? [foot] : []));
  const here = view.phase + view.round;
  window.scrollTo(0, place === here ? spot : 0);
  place = here;
  if (typing) document.getElementById(typing)?.focus({ preventScroll: true });
}
await refresh();
listen(refresh);

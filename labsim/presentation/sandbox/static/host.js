import { act, clock, el, figuresTable, get, lang, langButton, listen, number, post, say, scorecardTable, text, wall, yuan } from "./common.js";

const main = document.getElementById("main");
let view = null, busy = false, again = false, message = "", to = "all", screen = false;

async function refresh() {
  if (busy) { again = true; return; }
  busy = true;
  try { view = await get("api/view"); draw(); } catch (error) { /* the next news asks again */ }
  busy = false;
  if (again) { again = false; refresh(); }
}
const button = (words, kind, data, className = "", ask = "") => el("button", { className, id: "do-" + kind, onclick: () => { if (!ask || confirm(ask)) act(kind, data); } }, words);

function controls() {
  const last = view.round === view.of - 1, round = view.round, found = [];
  const open = view.teams.filter((x) => !x.locked && (x.seats.length || !x.bot)).map((x) => x.name);
  if (view.phase === "lobby") found.push(button(say("开始演练", "start"), "started", {}, "go"));
  if (view.phase === "deciding") {
    found.push(button(say("推演本轮", "run the round"), "ran", { round }, "go", open.length ? say(`${open.join("、")} 还没有锁定，按草案推演？`, `${open.join(", ")} not locked: run with their drafts?`) : ""));
    found.push(view.paused ? button(say("继续", "go on"), "resumed", {}) : button(say("暂停", "pause"), "paused", {}));
    found.push(button(say("加 3 分钟", "+3 minutes"), "extended", { minutes: 3 }));
  }
  if (view.phase === "results" && !last) found.push(button(say("进入下一轮", "next round"), "opened", { round }, "go"));
  if (view.phase === "results" && last) found.push(button(say("结束并公布复盘", "close and publish the debrief"), "finished", {}, "go"));
  if ((view.phase === "results" && !last) || (view.phase === "deciding" && round > 0)) {
    const played = view.phase === "results" ? round + 1 : round;
    found.push(button(say("到此结束，复盘", "end here and debrief"), "finished", {}, "", say(`只打 ${played}/${view.of} 轮就结束？按打完的轮次计分，不能撤销。`, `End after ${played} of ${view.of} rounds? These are scored; it cannot be undone.`)));
  }
  if (view.phase === "results" || (view.phase === "deciding" && round > 0)) found.push(button(say("撤销", "undo"), "undone", { round }, "", say("撤销上一步？", "undo the last step?")));
  if (view.phase === "debrief" || (view.phase === "results" && last)) found.push(el("button", { onclick: () => open_("api/debrief") }, say("复盘报告", "debrief")));
  found.push(el("button", { id: "do-screen", onclick: () => { screen = true; draw(); } }, say("投影画面", "for the screen")));
  found.push(el("button", { onclick: () => open_("api/export") }, say("导出", "export")));
  return el("div", { className: "row" }, found);
}
const open_ = (path) => window.open(path, "_blank");

const STATES = { planned: ["按计划", "as planned"], held: ["暂扣", "held"], skipped: ["跳过", "skipped"], triggered: ["本轮触发", "this round"], struck: ["已发生", "has happened"] };
function event(one) {
  const move = (words, target) => el("button", { className: "small", disabled: one.state === target || one.state === "struck", onclick: () => act("event", { name: one.name, to: target }) }, words);
  return el("div", { className: "event" }, el("div", { className: "bar" }, el("b", {}, text(one.title)), el("span", { className: one.state === "struck" ? "pill warn" : "pill" }, say(...STATES[one.state]))),
    el("small", {}, say(`原定第 ${one.round} 轮第 ${one.after} 天。期待：`, `planned for round ${one.round}, day ${one.after}. Expected: `), text(one.expected)),
    one.state === "struck" ? null : el("div", { className: "row" }, move(say("触发", "trigger"), "triggered"), move(say("暂扣", "hold"), "held"), move(say("跳过", "skip"), "skipped"), move(say("按计划", "as planned"), "planned")));
}

function badge(one) {
  if (view.phase === "deciding") return el("span", { className: one.locked ? "pill good" : "pill" }, one.locked ? say("已锁定", "locked") : say("商议中", "deciding"));
  return one.score === null ? null : el("span", { className: "pill good" }, say(`得分 ${one.score.toFixed(1)}`, `score ${one.score.toFixed(1)}`));
}

// What may be projected: no drafts, no expected actions, no events to come. Read from the last row: one thing is large.
const todo = () => ({
  lobby: say("扫码或打开网址，输入口令，选队伍和角色。", "Scan or open the address, type the code, choose team and role."),
  deciding: say(`看台账 → 互相通报 → 定方案 → 写预测和理由 → ${view.roles[0].label.zh}锁定`, `Read the record → tell each other → decide → foresee → the ${view.roles[0].label.en} locks`),
  results: view.ready ? say("先说：预测差在哪里？再看台账。", "First: where was the forecast wrong? Then the record.") : say("正在推演……", "working it out …"),
  debrief: say("复盘：先说感受，再看真实；问“如果当时……”。", "Debrief: speak first, then see what was true; ask what if."),
});
function projected() {
  const brief = view.rounds[view.round], lobby = view.phase === "lobby";
  const news = lobby ? [] : view.news.filter((x) => x.round === (view.phase === "deciding" ? view.round : view.round + 1));
  const door = el("div", { className: "card door" }, view.lan ? picture() : null, el("div", {}, el("h2", {}, say("入场口令", "code to come in")), el("div", { className: "code" }, view.code), el("p", { className: "address" }, view.door)));
  const time = el("div", { className: "card" }, el("h2", {}, say(`第 ${view.round + 1}/${view.of} 轮 · 推演 ${brief.days} 天`, `Round ${view.round + 1} of ${view.of} · ${brief.days} days`)), el("div", { className: "code" }, view.phase === "deciding" ? clock(view) : phases()[view.phase]));
  const tile = (one) => {
    const there = one.seats.filter((x) => !x.revoked).length;
    return el("div", { className: one.locked && view.phase === "deciding" ? "card tile done" : "card tile" }, el("b", {}, one.name), el("span", {},
      lobby ? say(`${there} 人`, `${there} here`) : view.phase !== "deciding" ? "" : one.locked ? say("已锁定 ✓", "locked ✓") : say("商议中", "deciding")));
  };
  return el("div", { className: "projected" },
    el("div", { className: "bar" }, el("h1", {}, text(view.title)), el("button", { className: "small", onclick: () => { screen = false; draw(); } }, say("回到控制台", "back to the console"))),
    el("p", { className: "todo", id: "todo" }, todo()[view.phase]),
    lobby ? door : el("div", { className: "big narrow" }, time, el("div", {},
      el("div", { className: "card call" }, el("p", {}, text(brief.brief))),
      news.map((one) => el("div", { className: "card news" }, el("h2", {}, "⚑ " + text(one.title)), el("p", {}, text(one.story)))))),
    el("div", { className: "tiles" }, view.teams.map(tile)),
    lobby ? null : el("p", { className: "soft" }, say("晚到的人：", "late-comers: "), view.door, say("，口令 ", ", code "), el("b", {}, view.code), say("，再向队友要本队口令", ", and the table's code from your team")));
}
const picture = () => el("a", { href: "api/door.svg", target: "_blank" }, el("img", { src: "api/door.svg", className: "qr", alt: say("入场二维码", "QR code to come in") }));

const DEEDS = { hosted: ["加入主持人", "let in a facilitator:"], dismissed: ["请走主持人", "dismissed"], started: ["开始", "started"], ran: ["推演", "ran the round"], opened: ["进入下一轮", "opened the next round"], undone: ["撤销", "undid a step"],
  event: ["事件", "event"], paused: ["暂停", "paused"], resumed: ["继续", "went on"], extended: ["加时（分钟）", "extended (minutes)"], message: ["发消息给", "wrote to"], bot: ["机器人", "bot"], revoked: ["收回座位", "revoked a seat"], unlocked: ["解锁", "unlocked"], finished: ["结束", "closed"] };
const FATES = { planned: ["按计划", "as planned"], held: ["暂扣", "held"], skipped: ["跳过", "skipped"], triggered: ["触发", "triggered"] };
function deed(one) {
  const about = one.about[lang] === "all" ? say("所有队", "all teams") : one.about[lang];
  return el("li", {}, el("small", {}, wall(one.at) + " "), el("b", {}, one.who || say("主持人", "facilitator")), " ", say(...(DEEDS[one.kind] || [one.kind, one.kind])), " ", about, one.kind === "event" && FATES[one.to] ? " · " + say(...FATES[one.to]) : "");
}
let helper = "", invited = null;
function colleagues() {
  const name = el("input", { id: "helper", maxLength: 30, value: helper, placeholder: say("姓名", "name"), oninput: (e) => { helper = e.target.value; } });
  const invite = async () => {
    const got = await post("api/host", { name: helper });
    if (got) { helper = ""; name.value = ""; name.blur(); invited = { name: got.name, link: view.door + "#host=" + got.key }; draw(); }
  };
  return el("details", { className: "card", id: "colleagues", open: Boolean(invited) }, el("summary", {}, say("主持人与操作记录", "facilitators and what they did")),
    el("div", { className: "row" }, name, el("button", { id: "invite", onclick: invite }, say("给同事一个链接", "a link for a colleague"))),
    invited ? el("p", { className: "address" }, say(`给${invited.name}的链接（只显示这一次）：`, `link for ${invited.name} (shown this once): `), el("b", { id: "invited" }, invited.link)) : null,
    view.hosts.length ? el("p", {}, view.hosts.map((x) => el("span", { className: "pill", style: "margin-right:.4rem" }, x, " ", el("button", { className: "bare", title: say("请走", "dismiss"), onclick: () => { if (confirm(say(`请走 ${x}？`, `dismiss ${x}?`))) act("dismissed", { name: x }); } }, "✕")))) : null,
    el("ul", { id: "deeds" }, view.deeds.slice().reverse().map(deed)));
}
const phases = () => ({ lobby: say("等待入座", "people come in"), deciding: say("各队商议", "teams decide"), results: view.ready ? say("看结果", "results") : say("推演中……", "working it out …"), debrief: say("复盘", "debrief") });

function team(one) {
  const labels = Object.fromEntries([...view.roles.map((x) => [x.name, text(x.label)]), ["observer", say("观察员", "observer")]]);
  return el("section", { className: "card team", "data-team": one.name },
    el("div", { className: "bar" }, el("h2", {}, one.name), badge(one)),
    el("p", {}, one.seats.map((s) => el("span", { className: "soft", style: "margin-right:.8rem;white-space:nowrap" }, el("span", { className: s.online ? "dot on" : "dot" }), s.name + " · " + labels[s.role] + (s.revoked ? " ✕" : ""))), one.seats.length ? "" : el("span", { className: "soft" }, say("还没有人", "nobody yet"))),
    el("p", {}, view.phase === "lobby" ? [say("资金：开始后每轮 ", "money: from the start, each round "), el("b", {}, yuan(one.money.budget))] : [say("资金剩余 ", "money left "), el("b", {}, yuan(one.money.left))], one.process === null ? "" : say(`，过程分 ${one.process.toFixed(0)}`, `, process ${one.process.toFixed(0)}`)),
    one.draft.length && view.phase === "deciding" ? el("p", {}, el("small", {}, say("草案：", "draft: "), one.draft.map((x) => text(x.label) + " → " + number(x.value, false)).join(say("；", "; ")))) : null,
    one.reasons ? el("p", {}, el("small", {}, "“" + one.reasons + "”")) : null,
    figuresTable(one.record.slice(0, 4)),
    el("div", { className: "row" }, el("select", { "aria-label": say("空座机器人", "bot in empty seats"), onchange: (e) => act("bot", { team: one.name, policy: e.target.value || null }) },
      el("option", { value: "", selected: !one.bot }, say("空座：无机器人", "empty seats: no bot")), view.policies.map((p) => el("option", { value: p.name, selected: one.bot === p.name }, say("机器人：", "bot: ") + text(p.label)))),
      one.locked && view.phase === "deciding" ? el("button", { className: "small", onclick: () => act("unlocked", { team: one.name }) }, say("解锁", "unlock")) : null),
    one.seats.length ? el("details", {}, el("summary", {}, say("座位与重连码", "seats and codes")), one.table ? el("p", {}, say("本队口令（给晚到的人）：", "table's code (for late-comers): "), el("b", {}, one.table)) : null, one.seats.map((s) => el("div", { className: "row" }, s.name, el("b", {}, s.rejoin), el("button", { className: "small", disabled: s.revoked, onclick: () => act("revoked", { seat: s.seat }) }, say("收回座位", "revoke"))))) : null);
}

function draw() {
  document.title = text(view.title);
  if (document.activeElement && ["text-to", "to", "helper"].includes(document.activeElement.id) && main.children.length) { setTimeout(draw, 2000); return; }
  if (screen) { main.replaceChildren(projected()); return; }
  const locked = view.teams.filter((x) => x.locked).length;
  const side = el("div", {},
    el("div", { className: "card" }, el("div", { className: "bar" }, el("small", {}, "labsim · " + say("主持人", "facilitator")), langButton()), el("h1", {}, text(view.title)),
      el("div", { className: "bar" }, el("div", { className: "pills" }, el("span", { className: "pill" }, say(`第 ${view.round + 1}/${view.of} 轮`, `round ${view.round + 1} of ${view.of}`)), el("span", { className: "pill warn", id: "phase" }, phases()[view.phase])), view.phase === "deciding" ? clock(view) : null),
      view.phase === "deciding" ? el("p", {}, say(`${locked}/${view.teams.length} 队已锁定`, `${locked} of ${view.teams.length} locked`)) : null, controls()),
    el("div", { className: "card" }, el("h2", {}, say("入场口令", "code to come in")), el("div", { className: "door" }, view.lan ? picture() : null, el("div", {}, el("div", { className: "code", id: "code" }, view.code), el("p", {}, el("small", {}, view.lan ? say("手机扫码，或打开：", "scan, or open: ") : say("只限本机（要让手机加入，用 --lan 启动）：", "this machine only (start with --lan for phones): "), el("b", { className: "address" }, view.door)))))),
    el("div", { className: "card" }, el("h2", {}, say("事件", "events")), view.events.map(event)),
    el("div", { className: "card" }, el("h2", {}, say("发消息", "message")), el("div", { className: "row" },
      el("select", { id: "to", value: to, onchange: (e) => { to = e.target.value; } }, el("option", { value: "all" }, say("所有队", "all teams")), view.teams.map((x) => el("option", { value: x.name }, x.name))),
      el("input", { id: "text-to", maxLength: 500, value: message, oninput: (e) => { message = e.target.value; } }), el("button", { onclick: async () => { if (await act("message", { to, text: message })) { message = ""; document.getElementById("text-to").value = ""; refresh(); } } }, say("发送", "send")))),
    colleagues(),
    el("details", { className: "card" }, el("summary", {}, say("评分表", "scorecard")), scorecardTable(view.scorecard)));
  const brief = view.rounds[view.round];
  main.replaceChildren(el("div", { className: "host" }, side, el("div", {},
    el("div", { className: "card call" }, el("h2", {}, say(`第 ${view.round + 1} 轮：${brief.days} 天`, `Round ${view.round + 1}: ${brief.days} days`)), el("p", {}, text(brief.brief))),
    el("div", { className: "teams" }, view.teams.map(team)))));
}
await refresh();
listen(refresh);

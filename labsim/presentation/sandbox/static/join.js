import { el, get, langButton, post, say, text } from "./common.js";

const main = document.getElementById("main");
const hash = location.hash.slice(1), given = hash.startsWith("code=") ? hash.slice(5) : "";
if (hash.startsWith("host=")) {
  history.replaceState(null, "", location.pathname);
  if (await post("api/join", { host: hash.slice(5) })) location.href = "host.html";
}
const door = await get("api/public");
document.title = text(door.title);
const option = (value, words) => el("option", { value }, words);
const code = el("input", { id: "code", value: given, autocomplete: "off", autocapitalize: "characters", maxLength: 8, placeholder: say("看投影上的口令", "on the screen") });
const team = el("select", { id: "team" }, door.teams.map((x) => option(x, x)));
const role = el("select", { id: "role" });
const roles = () => role.replaceChildren(...door.roles.map((x) => {
  const many = door.taken[team.value].filter((y) => y === x.name).length;
  return option(x.name, text(x.label) + (many ? say(`（已有 ${many} 人）`, ` (${many} there)`) : ""));
}));
team.onchange = roles; roles();
const table = el("input", { id: "table", autocomplete: "off", autocapitalize: "characters", maxLength: 6, placeholder: say("问队友或主持人", "ask your team or the facilitator") });
const name = el("input", { id: "name", autocomplete: "nickname", maxLength: 30 });
const again = el("input", { id: "again", autocomplete: "off", maxLength: 10 });
main.append(
  el("div", { className: "bar" }, el("small", {}, "labsim · " + say("沙盘演练", "sandbox")), langButton()),
  el("h1", {}, text(door.title)),
  el("form", { className: "card", onsubmit: async (event) => {
    event.preventDefault();
    if (await post("api/join", { code: code.value, team: team.value, role: role.value, name: name.value, table: table.value })) location.href = "play.html";
  } },
    el("label", { htmlFor: "code" }, say("口令", "code")), code,
    el("label", { htmlFor: "team" }, say("队伍", "team")), team,
    el("label", { htmlFor: "role" }, say("角色", "role")), role,
    door.phase === "lobby" ? null : [el("label", { htmlFor: "table" }, say("演练已开始：本队口令", "it has begun: your table's code")), table],
    el("label", { htmlFor: "name" }, say("怎么称呼你", "your name")), name,
    el("p", {}, el("button", { className: "go", id: "enter" }, say("进入", "come in")))),
  el("details", { className: "card" }, el("summary", {}, say("换了手机？用重连码回来", "another device? come back with your code")),
    el("form", { onsubmit: async (event) => {
      event.preventDefault();
      if (await post("api/join", { rejoin: again.value })) location.href = "play.html";
    } }, el("label", { htmlFor: "again" }, say("重连码", "code to come back")), again, el("p", {}, el("button", {}, say("回到座位", "back to my seat"))))),
);

// Speaks with the kernel of this visitor and shows its one widget. Messages are those of Jupyter (protocol 5.3,
// widgets 2); the widget's own script and style come with its state, as in any notebook.
const place = JSON.parse(document.getElementById("widget")?.textContent ?? "null");
const base = document.body.dataset.baseUrl;
const session = crypto.randomUUID?.() ?? String(Math.random()).slice(2); // plain http on another machine has no randomUUID
const lost = document.getElementById("lost");
const TRIES = 8;
let socket = null, waiting = [], tries = 0, number = 0, over = false, listeners = [], answered = null;

function say(what) {
  lost.hidden = what === null;
  for (const one of lost.querySelectorAll("[data-lost]")) one.hidden = one.dataset.lost !== what;
}

function end() {
  over = true;
  document.getElementById("loading")?.remove();
  say("over");
}

function post(data) {
  const header = { msg_id: `${session}-${++number}`, session, username: "", date: new Date().toISOString(), msg_type: "comm_msg", version: "5.3" };
  const text = JSON.stringify({ channel: "shell", header, parent_header: {}, metadata: {}, content: { comm_id: place.model, data }, buffers: [] });
  if (socket?.readyState === WebSocket.OPEN) socket.send(text);
  else waiting.push(text);
}

function got(event) {
  if (typeof event.data !== "string") return; // the lab sends no bytes
  const message = JSON.parse(event.data), kind = message.header?.msg_type, content = message.content ?? {};
  if (kind === "status" && ["dead", "restarting"].includes(content.execution_state)) return end();
  if (kind !== "comm_msg" || content.comm_id !== place.model) return;
  if (content.data.method === "custom") for (const one of listeners) one(content.data.content);
  else if (content.data.method === "update" && answered) answered(content.data.state);
}

function connect() {
  const address = new URL(`${base}api/kernels/${place.kernel}/channels?session_id=${session}`, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(address);
  socket.onopen = () => {
    const again = tries > 0;
    tries = 0;
    say(null);
    const text = waiting;
    waiting = [];
    text.forEach((one) => socket.send(one));
    if (again && !answered) post({ method: "custom", content: { do: "hello", key: "", value: "" } });
  };
  socket.onmessage = got;
  socket.onclose = () => {
    if (over) return;
    if (++tries > TRIES) return end();
    if (tries > 1) say("wait");
    setTimeout(connect, Math.min(500 * 2 ** (tries - 1), 8000));
  };
}

async function show(state) {
  answered = null;
  const script = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
  const { default: widget } = await import(script);
  URL.revokeObjectURL(script);
  const style = document.createElement("style");
  style.textContent = state._css;
  document.head.append(style);
  const model = {
    get: (name) => state[name],
    send: (content) => post({ method: "custom", content }),
    on: (name, heard) => listeners.push(heard),
    off: (name, heard) => (listeners = listeners.filter((one) => one !== heard)),
  };
  document.getElementById("loading").remove();
  widget.render({ model, el: document.getElementById("lab") });
}

// Whoever leaves lets the kernel go; a page that the browser kept and shows again has none any more.
addEventListener("pagehide", () => {
  over = true;
  if (!place) return;
  const form = new FormData();
  form.append("_xsrf", /(?:^|; )_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? "");
  navigator.sendBeacon(`${base}voila/api/shutdown/${place.kernel}${location.search}`, form);
});
addEventListener("pageshow", (event) => event.persisted && location.reload());
lost.querySelector("button").addEventListener("click", () => location.reload());

if (place) {
  answered = show;
  connect();
  post({ method: "request_state" });
} else end();

// The page of the lab: shows parts of HTML that the kernel sends, and tells it what a person does.
// No library, no request: everything comes with this text. Parts are merged into what is there, so that
// focus, open details and a slider under the finger survive.

function sync(old, now) {
  if (old.nodeType !== now.nodeType || old.nodeName !== now.nodeName || (old.id || "") !== (now.id || "")) {
    old.replaceWith(now.cloneNode(true));
    return;
  }
  if (old.nodeType !== 1) {
    if (old.nodeValue !== now.nodeValue) old.nodeValue = now.nodeValue;
    return;
  }
  // A number that was entered is what the kernel says it is; one that is being typed is left alone.
  const entered = old.type === "number" && !old.typing;
  const held = old === document.activeElement && /^(INPUT|TEXTAREA)$/.test(old.nodeName) && !entered;
  for (const { name } of [...old.attributes]) {
    if (!now.hasAttribute(name) && !(name === "open" && old.nodeName === "DETAILS")) old.removeAttribute(name);
  }
  for (const { name, value } of now.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (old.nodeName === "INPUT" && !held) {
    if (old.type === "checkbox" || old.type === "radio") old.checked = now.hasAttribute("checked");
    else if (old.value !== (now.getAttribute("value") ?? "")) old.value = now.getAttribute("value") ?? "";
  }
  if (old.nodeName === "TEXTAREA") {
    if (!held && old.value !== now.textContent) old.value = now.textContent;
    return;
  }
  if (old.nodeName === "SELECT") {
    if (old.innerHTML !== now.innerHTML) old.innerHTML = now.innerHTML;
    const chosen = now.querySelector("option[selected]");
    if (chosen) old.value = chosen.value;
    return;
  }
  const mine = [...old.childNodes], theirs = [...now.childNodes];
  theirs.forEach((one, i) => (i < mine.length ? sync(mine[i], one) : old.appendChild(one.cloneNode(true))));
  mine.slice(theirs.length).forEach((one) => one.remove());
}

function put(part, html) {
  const box = document.createElement("template");
  const holder = part.cloneNode(false);
  box.innerHTML = html;
  holder.appendChild(box.content);
  sync(part, holder);
}

function readout(input) {
  const out = input.closest("[data-row]")?.querySelector("output");
  if (!out) return;
  const scale = Number(input.dataset.scale || 1), places = Number(input.dataset.places || 0);
  out.textContent = (Number(input.value) * scale).toFixed(places) + (input.dataset.unit || "");
  const row = input.closest("[data-row]");
  if (row && input.dataset.low) {
    const v = Number(input.value);
    row.classList.toggle("beyond", v < Number(input.dataset.low) - 1e-9 || v > Number(input.dataset.high) + 1e-9);
  }
}

function save(name, mime, data) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: mime }));
  link.download = name;
  document.body.appendChild(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// A film: one picture of the blocks per moment; only classes and words change.
function frame(film, at) {
  const frames = JSON.parse(film.dataset.frames), words = JSON.parse(film.dataset.words);
  const i = Math.max(0, Math.min(at, frames[0].length - 1));
  film.querySelectorAll("[data-map]").forEach((map, m) => {
    const [levels, texts] = [frames[m][i][0], frames[m][i][1].split(" ")];
    map.querySelectorAll("[data-block]").forEach((tile, b) => {
      tile.setAttribute("class", `b${levels[b]}`);
      tile.querySelector("text").textContent = texts[b];
    });
    film.querySelectorAll(`td[data-m="${m}"]`).forEach((cell, b) => (cell.textContent = texts[b]));
    const sum = map.querySelector("[data-sum]");
    if (sum) sum.textContent = words.sums[m][i];
  });
  film.querySelectorAll("[data-when]").forEach((one) => (one.textContent = words.when[i]));
  film.querySelector("input[type=range]").value = i;
  film.dataset.at = i;
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "labsim lab";
  root.innerHTML = model.get("page");
  el.appendChild(root);
  let waiting = new Map(), playing = null, latest = new Map(), busy = 0, ran = false;

  const tell = (what) => model.send({ ...what, at: performance.now() });
  const later = (key, what, ms) => {
    clearTimeout(waiting.get(key)?.timer);
    waiting.set(key, { what, timer: setTimeout(() => (waiting.delete(key), tell(what)), ms) });
  };
  // A slider under the finger: the first move is told at once, and of those that follow only the latest, as soon as
  // the kernel has answered (or says nothing for a while).
  const free = () => {
    clearTimeout(busy);
    busy = 0;
    for (const [key, what] of latest) {
      latest.delete(key);
      return soon(key, what);
    }
  };
  const soon = (key, what) => {
    if (busy) return latest.set(key, what);
    busy = setTimeout(free, 500);
    tell(what);
  };
  // A button comes after everything that was typed or moved before it.
  const press = (what) => {
    for (const one of waiting.values()) clearTimeout(one.timer), tell(one.what);
    latest.forEach((one) => tell(one));
    waiting.clear();
    latest.clear();
    tell(what);
  };
  const told = (target, value) => ({ do: target.dataset.do, key: target.dataset.key ?? "", value });

  const stop = () => {
    clearInterval(playing);
    playing = null;
    root.querySelectorAll("[data-play]").forEach((b) => b.setAttribute("aria-pressed", "false"));
  };
  const play = (film) => {
    if (playing) return stop();
    film.querySelector("[data-play]").setAttribute("aria-pressed", "true");
    const last = JSON.parse(film.dataset.frames)[0].length - 1;
    if (Number(film.dataset.at || 0) >= last) frame(film, 0);
    playing = setInterval(() => {
      if (!film.isConnected) return stop();
      const next = Number(film.dataset.at || 0) + 1;
      if (next > last) return stop();
      frame(film, next);
    }, 450);
  };

  root.addEventListener("click", (e) => {
    const playButton = e.target.closest("[data-play]");
    if (playButton) return play(playButton.closest("[data-film]"));
    const jump = e.target.closest("[data-upload]");
    if (jump) return root.querySelector("input[type=file]").click();
    const target = e.target.closest("button[data-do]");
    ran ||= target?.dataset.do === "run";
    if (target && !target.disabled) press(told(target, target.dataset.value ?? ""));
  });
  root.addEventListener("input", (e) => {
    const target = e.target;
    target.typing = true;
    const film = target.closest("[data-film]");
    if (film && target.type === "range") return stop(), frame(film, Number(target.value));
    if (!target.dataset.do) return;
    if (target.type === "range") {
      readout(target);
      soon(target.dataset.key, told(target, Number(target.value)));
    } else if (target.type === "search" || target.nodeName === "TEXTAREA") {
      later(target.dataset.do, told(target, target.value), 250);
    }
  });
  root.addEventListener("change", (e) => {
    const target = e.target;
    target.typing = false;
    if (target.type === "file") {
      const file = target.files[0];
      const open = (value) => tell({ do: "open", key: file.name, value });
      if (file && file.size >= 1e6) open("");
      else if (file && /\.xls[xm]$/i.test(file.name)) {
        // A workbook is no text: it travels as the letters and digits behind the comma of a data address.
        const reader = new FileReader();
        reader.onload = () => open(reader.result.split(",")[1] ?? "");
        reader.readAsDataURL(file);
      } else if (file) file.text().then(open);
      target.value = "";
      return;
    }
    if (!target.dataset.do || target.type === "range" || target.type === "search" || target.nodeName === "TEXTAREA") return;
    press(told(target, target.type === "checkbox" ? target.checked : target.value));
  });
  root.addEventListener("keydown", (e) => {
    const tab = e.target.closest('[role="tab"]');
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (tab && step) {
      const all = [...root.querySelectorAll('[role="tab"]')];
      const next = all[(all.indexOf(tab) + step + all.length) % all.length];
      next.focus();
      next.click();
      e.preventDefault();
    }
    e.stopPropagation(); // the notebook around it has shortcuts of its own
  });

  const heard = (message) => {
    if (message.kind === "parts") {
      for (const [name, html] of Object.entries(message.parts)) {
        const part = root.querySelector(`[data-part="${name}"]`);
        if (part) put(part, html);
      }
      root.classList.toggle("projector", message.projector);
      root.lang = message.lang;
      root.dataset.shown = Math.round(performance.now());
      // On a narrow screen what a run finds stands above what was asked for: it comes into view.
      if (ran && root.querySelector('#tab-verdict[aria-selected="true"]')) {
        ran = !root.querySelector("#lab-body .verdicts"); // what grows above the controls would push itself out of view
        if (matchMedia("(max-width:60rem)").matches) root.querySelector(".stage").scrollIntoView();
      }
      if (busy) free();
    } else if (message.kind === "file") save(message.name, message.mime, message.data);
  };
  model.on("msg:custom", heard);
  tell({ do: "hello", key: "", value: "" });
  return () => {
    stop();
    clearTimeout(busy);
    model.off("msg:custom", heard);
  };
}

export default { render };

"use strict";
// Every change is stored on this device first, then sent; unsent changes are sent when the connection is back.
const KEY = "globmed-review-";
const ahead = new Map();
let timer = 0;
let sending = null;

const main = () => document.querySelector("main");
const say = (text) => { const state = document.getElementById("state"); if (state) state.textContent = text; };
const kept = () => Object.keys(localStorage).filter((key) => key.startsWith(KEY));

function read() {
  const form = document.querySelector("form");
  const work = { at: Math.max(Date.now(), Number(main().dataset.at) + 1), edits: {}, comment: form.comment.value };
  main().dataset.at = work.at;
  for (const name of ["accuracy", "fluency", "completeness"]) work[name] = Number(form[name].value) || null;
  for (const box of form.querySelectorAll("textarea[data-sent]"))
    if (box.value !== box.dataset.sent) work.edits[box.name.slice(5)] = box.value;
  return work;
}

function keep() {
  localStorage.setItem(KEY + main().dataset.code, JSON.stringify(read()));
  say("Saving…");
  clearTimeout(timer);
  timer = setTimeout(send, 300);
}

function send() {
  return sending ??= sendKept().finally(() => { sending = null; });
}

async function sendKept() {
  try {
    for (const key of kept()) {
      const body = localStorage.getItem(key);
      const code = key.slice(KEY.length);
      const answer = await fetch("/item/" + code, {
        method: "POST", body, headers: { "Content-Type": "application/json" }, signal: AbortSignal.timeout(20000),
      });
      if (!answer.ok && answer.status >= 500) throw new Error(answer.status);
      // Another reviewer's item on this device, or a body that our pages never send: set aside, not lost.
      if (!answer.ok) { localStorage.setItem("refused-" + key, body); localStorage.removeItem(key); continue; }
      const saved = await answer.json();
      if (localStorage.getItem(key) === body) localStorage.removeItem(key);
      if (main().dataset.code === code) tell(saved);
    }
    say(kept().length ? "Saving…" : "Saved.");
    if (kept().length) timer = setTimeout(send, 300);
  } catch {
    say("No connection: kept on this device, will be sent later.");
    clearTimeout(timer);
    timer = setTimeout(send, 3000);
  }
}

// The list says which items are done, so it is asked for once the last of them has been sent.
async function finish() {
  await send();
  if (kept().length) await send();
  await open("/");
}

function tell(saved) {
  const done = document.getElementById("done");
  if (done) done.textContent = saved.done;
  const warning = document.getElementById("warning");
  warning.hidden = !saved.warning;
  warning.textContent = saved.warning;
}

// Show changes that the server does not have yet in place of the server's version.
function restore() {
  const form = document.querySelector("form");
  const stored = form && localStorage.getItem(KEY + main().dataset.code);
  if (!stored) return;
  const work = JSON.parse(stored);
  if (work.at < Number(main().dataset.at)) return;
  main().dataset.at = work.at;
  for (const name of ["accuracy", "fluency", "completeness"]) if (work[name]) form[name].value = String(work[name]);
  for (const box of form.querySelectorAll("textarea[data-sent]")) {
    box.value = work.edits[box.name.slice(5)] ?? box.dataset.sent;
    if (box.value !== box.dataset.sent) box.closest("details").open = true;
  }
  form.comment.value = work.comment;
}

// Fetch the next page while this one is rated, so that a lost connection does not stop the work.
async function fetchAhead(path) {
  if (!path || ahead.has(path)) return;
  try {
    const answer = await fetch(path);
    if (answer.ok) ahead.set(path, await answer.text());
  } catch { /* The connection is lost; the button says so when it is pressed. */ }
}

async function open(path) {
  await fetchAhead(path);
  if (!ahead.has(path)) { say("No connection: your work is kept on this device. Try again in a moment."); return; }
  const told = document.getElementById("state")?.textContent;
  const page = new DOMParser().parseFromString(ahead.get(path), "text/html");
  ahead.delete(path);
  main().replaceWith(document.importNode(page.querySelector("main"), true));
  document.title = page.title;
  history.pushState(null, "", path);
  scrollTo(0, 0);
  start();
  if (told) say(told);
  document.querySelector("h1").tabIndex = -1;
  document.querySelector("h1").focus();
}

function start() {
  const form = document.querySelector("form");
  if (!form) return;
  restore();
  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keep();
    if (main().dataset.next) open("/item/" + main().dataset.next);
    else finish();
  });
  if (main().dataset.next) fetchAhead("/item/" + main().dataset.next);
}

addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) document.querySelector("form")?.requestSubmit();
});
addEventListener("online", send);
addEventListener("popstate", () => location.reload());
// Remove the invitation's token from the address bar.
if (location.pathname.startsWith("/i/")) history.replaceState(null, "", main().dataset.code ? "/item/" + main().dataset.code : "/");
start();
if (kept().length) send();

import {ask, find, make, say} from "/shared.js";

let rater, trial, ranking = [], busy = false;

const ordinal = (n) => `${n}${{1: "st", 2: "nd", 3: "rd"}[n] ?? "th"}`;

// === One sentence ===

async function load(place) {
  await alone(async () => {
    trial = await ask("/trial", place === undefined ? {rater} : {rater, place});
    rater = trial.rater;
    show();
    await pictures();
  });
}

function show() {
  const finished = trial.place === null;
  find("start").hidden = true;
  find("trial").hidden = finished;
  find("end").hidden = !finished;
  showProgress();
  if (finished) {
    find("review").focus();
    return;
  }
  ranking = trial.ranking ? [...trial.ranking] : [];
  find("sentence").textContent = `“${trial.caption}”`;
  find("last-key").textContent = trial.pictures.length;
  find("choices").dataset.count = trial.pictures.length;
  find("choices").setAttribute("aria-busy", "true");
  find("choices").replaceChildren(...trial.pictures.map((address, slot) => {
    const button = make("button", {type: "button", className: "choice"},
      make("img", {src: address, alt: `Picture ${slot + 1}`, draggable: false}),
      make("span", {className: "under"}, make("kbd", {}, String(slot + 1)), make("span", {})));
    button.addEventListener("click", () => choose(slot));
    return button;
  }));
  showRanking();
  // For screen readers, and so that Enter presses no button that the last sentence left focused.
  find("sentence").focus();
}

// Nobody ranks what he has not seen: choosing begins when every picture is there.
async function pictures() {
  try {
    await Promise.all([...find("choices").querySelectorAll("img")].map((image) => image.decode()));
  } catch {
    throw new Error("A picture could not be shown. Reload the page.");
  }
  find("choices").setAttribute("aria-busy", "false");
}

function showProgress() {
  const text = find("progress-text");
  text.hidden = false;
  text.textContent = trial.place === null ? `${trial.done} of ${trial.total} ranked`
    : `Sentence ${trial.place + 1} of ${trial.total}, ${trial.done} ranked`;
  find("bar").style.width = `${100 * trial.done / trial.total}%`;
}

function showRanking() {
  [...find("choices").children].forEach((button, slot) => {
    const rank = ranking.indexOf(slot) + 1;
    button.setAttribute("aria-pressed", String(rank > 0));
    button.setAttribute("aria-label", `Picture ${slot + 1}${rank ? `, ranked ${ordinal(rank)}` : ""}`);
    const badge = button.querySelector(".under").lastChild;
    badge.className = rank ? "rank" : "";
    badge.textContent = rank ? ordinal(rank) : "";
  });
  find("save").disabled = busy || ranking.length < trial.pictures.length;
  find("undo").disabled = busy || ranking.length === 0;
  find("previous").disabled = busy || trial.place === 0;
}

function choose(slot) {
  const loading = find("choices").getAttribute("aria-busy") === "true";
  if (busy || loading || slot >= trial.pictures.length) return;
  if (ranking.length === trial.pictures.length) ranking = [];
  // Once more on a picture takes it, and what came after it, back.
  if (ranking.includes(slot)) ranking = ranking.slice(0, ranking.indexOf(slot));
  else ranking.push(slot);
  if (ranking.length === trial.pictures.length - 1) {
    ranking.push([...trial.pictures.keys()].find((other) => !ranking.includes(other)));
  }
  say(`Best first: ${ranking.map((n) => n + 1).join(", ") || "none yet"}`);
  showRanking();
}

function undo() {
  // The last place fills itself, so it goes with the one before.
  ranking = ranking.slice(0, ranking.length === trial.pictures.length ? -2 : -1);
  say("");
  showRanking();
}

async function save() {
  if (ranking.length < trial.pictures.length) return;
  let kept = false;
  await alone(async () => {
    await ask("/vote", {rater, place: trial.place, ranking});
    kept = true;
  });
  if (kept) await load();
}

async function alone(work) {
  if (busy) return;
  busy = true;
  try {
    say("");
    await work();
  } catch (error) {
    say(error.message, true);
  } finally {
    busy = false;
    if (trial && trial.place !== null) showRanking();
  }
}

// On a picture that was just clicked, Enter saves once every picture has its rank.
const saves = (focused) => focused.tagName !== "BUTTON"
  || (focused.className === "choice" && ranking.length === trial.pictures.length);

// === The page ===

find("start").addEventListener("submit", (event) => {
  event.preventDefault();
  rater = find("rater").value;
  load();
});
find("save").addEventListener("click", save);
find("undo").addEventListener("click", undo);
find("previous").addEventListener("click", () => load(trial.place - 1));
find("review").addEventListener("click", () => load(trial.total - 1));

document.addEventListener("keydown", (event) => {
  if (find("trial").hidden || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (/^[1-9]$/.test(event.key)) choose(Number(event.key) - 1);
  else if (event.key === "Backspace" && !find("undo").disabled) undo();
  else if (event.key === "Enter" && saves(document.activeElement)) save();
  else return;
  event.preventDefault();
});

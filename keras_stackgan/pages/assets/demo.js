import {ask, find, make, say} from "/shared.js";

let model;

const blending = () => document.querySelector("[name=mode]:checked").value === "interpolate";

// === What the model is ===

function showAbout() {
  find("name").textContent = model.name;
  document.title = `${model.name} · keras-stackgan demo`;
  find("description").textContent = model.description ?? "";
  const about = find("about");
  const sizes = [...new Set(model.sizes)].join(", ");
  about.append(make("p", {}, `${model.class_name}, pictures of ${sizes} pixels.`));
  addList(about, "It can draw", model.knows);
  addList(about, "Limits", model.limits);
  if (model.figures?.length) {
    const rows = model.figures.map((figure) => make("tr", {title: figure.command},
      make("th", {scope: "row"}, String(figure.name)), make("td", {}, shown(figure.value))));
    about.append(make("h3", {}, "Measured"), make("table", {}, ...rows));
  }
  if (!model.knows?.length && !model.limits?.length) {
    about.append(make("p", {className: "quiet"}, "Nothing else is recorded of it."));
  }
  if (model.license) about.append(make("p", {className: "quiet"}, `License: ${model.license}`));
}

function addList(place, title, sentences) {
  if (!sentences?.length) return;
  const items = sentences.map((sentence) => make("li", {}, sentence));
  place.append(make("h3", {}, title), make("ul", {}, ...items));
}

const shown = (value) => typeof value === "number" ? String(Number(value.toPrecision(4))) : String(value);

function setUpForm() {
  const {bounds, captions = []} = model;
  for (const id of ["caption", "second-caption"]) find(id).maxLength = bounds.characters;
  for (const id of ["seed", "second-seed"]) find(id).max = bounds.seed;
  for (const id of ["num-images", "steps"]) find(id).max = bounds.images;
  find("steps").value = Math.min(8, bounds.images);
  if (model.takes === "class") {
    for (const id of ["class", "second-class"]) find(id).max = model.num_classes - 1;
  }
  find("box-field").hidden = !model.takes_boxes;
  find("caption").value = captions[0] ?? "";
  find("second-caption").value = captions[1] ?? "";
  for (const caption of captions) {
    const chip = make("button", {type: "button"}, caption);
    chip.addEventListener("click", () => {
      // The sentence that was edited last is the one meant.
      find(blending() && lastEdited === "second-caption" ? lastEdited : "caption").value = caption;
    });
    find("examples").append(chip);
  }
  showFields();
}

let lastEdited = "caption";
for (const id of ["caption", "second-caption"]) {
  find(id).addEventListener("focus", () => { lastEdited = id; });
  find(id).addEventListener("keydown", (event) => {
    // A sentence has no second line: Enter draws.
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      find("form").requestSubmit();
    }
  });
}

function showFields() {
  for (const kind of ["text", "class", "nothing"]) {
    for (const field of document.querySelectorAll(`.takes-${kind}`)) {
      field.hidden = model.takes !== kind;
    }
  }
  if (!find("examples").children.length) find("examples-field").hidden = true;
  for (const field of document.querySelectorAll(".drawing")) field.hidden = blending();
  for (const field of document.querySelectorAll(".blending")) {
    if (!blending()) field.hidden = true;
    else if (!/takes-/.test(field.className)) field.hidden = false;
  }
}

// === Drawing ===

function condition(prefix) {
  if (model.takes === "text") return find(`${prefix}caption`).value;
  if (model.takes === "class") return find(`${prefix}class`).valueAsNumber;
  return find(`${prefix}seed`).valueAsNumber;
}

async function draw(event) {
  event.preventDefault();
  const blend = blending();
  const fields = {condition: condition(""), seed: find("seed").valueAsNumber};
  if (blend) Object.assign(fields, {second: condition("second-"), steps: find("steps").valueAsNumber});
  else fields.num_images = find("num-images").valueAsNumber;
  if (model.takes_boxes) {
    fields.box = ["left", "top", "width", "height"].map((side) => find(`box-${side}`).valueAsNumber);
  }
  find("go").disabled = true;
  find("results").setAttribute("aria-busy", "true");
  say("Drawing …");
  try {
    const answer = await ask(blend ? "/interpolate" : "/draw", fields);
    find("results").replaceChildren(
      ...(blend ? [blendCard(answer, fields)] : answer.pictures.map((p, k) => card(p, k, fields))));
    find("results").classList.toggle("tiles", !blend && model.sizes.length === 1);
    const count = blend ? fields.steps : fields.num_images;
    say(`${count === 1 ? "One picture" : `${count} pictures`} in ${answer.seconds.toFixed(1)} seconds.`);
  } catch (error) {
    say(error.message, true);
  } finally {
    find("go").disabled = false;
    find("results").removeAttribute("aria-busy");
  }
}

function title(fields) {
  if (model.takes === "text") return fields.condition.trim();
  return model.takes === "class" ? `Class ${fields.condition}` : `Seed ${fields.seed}`;
}

function image(kind, data, alt) {
  const picture = make("img", {src: `data:image/${kind};base64,${data}`, alt});
  picture.addEventListener("load", () => {
    // Small pictures are shown as they are, not smoothed.
    picture.classList.toggle("enlarged", picture.naturalHeight < 200);
  });
  return picture;
}

function download(kind, data, name, label) {
  return make("a", {
    className: "button small", href: `data:image/${kind};base64,${data}`, download: `${name}.${kind}`,
  }, label);
}

function card(picture, number, fields) {
  const what = title(fields);
  const last = picture.stages.length;
  const figures = picture.stages.map(({size, png}, k) => {
    const alt = `${what}, picture ${number + 1}, stage ${k + 1}, ${size} pixels`;
    const link = download("png", png, `${picture.file}_${size}`, "PNG");
    link.setAttribute("aria-label", `Download ${alt} as PNG`);
    const label = last > 1 ? `Stage ${k + 1}: ${size} × ${size}` : `${size} × ${size}`;
    return make("figure", {}, image("png", png, alt),
      make("figcaption", {}, make("span", {}, label), link));
  });
  const heading = fields.num_images > 1 ? `${what} (${number + 1})` : what;
  return make("article", {className: "card picture"}, make("h2", {}, heading),
    make("div", {className: "stages"}, ...figures));
}

function blendCard(answer, fields) {
  const ends = model.takes === "text" ? [fields.condition.trim(), fields.second.trim()]
    : model.takes === "class" ? [`class ${fields.condition}`, `class ${fields.second}`]
      : [`seed ${fields.seed}`, `seed ${fields.second}`];
  const what = `From “${ends[0]}” to “${ends[1]}”`;
  const strip = make("figure", {className: "strip"}, image("png", answer.strip, `${what}, ${fields.steps} steps`),
    make("figcaption", {}, make("span", {}, `${fields.steps} steps of ${answer.size} × ${answer.size}`),
      download("png", answer.strip, answer.file, "Strip as PNG")));
  const moving = make("figure", {className: "moving"});
  const play = () => moving.prepend(image("gif", answer.gif, `${what}, moving`));
  const caption = make("figcaption", {}, make("span", {}, "There and back"),
    download("gif", answer.gif, answer.file, "GIF"));
  moving.append(caption);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    const button = make("button", {type: "button", className: "small"}, "Play");
    button.addEventListener("click", () => { button.remove(); play(); });
    caption.prepend(button);
  } else play();
  return make("article", {className: "card picture"}, make("h2", {}, what),
    make("div", {className: "blend"}, strip, moving));
}

// === The page ===

find("form").addEventListener("submit", draw);
for (const mode of document.querySelectorAll("[name=mode]")) mode.addEventListener("change", showFields);
find("random").addEventListener("click", () => {
  find("seed").value = Math.floor(Math.random() * 1e6);
});

try {
  model = await ask("/about");
  showAbout();
  setUpForm();
} catch (error) {
  find("go").disabled = true;
  say(error.message, true);
}

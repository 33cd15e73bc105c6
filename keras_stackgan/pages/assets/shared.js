// What both pages need: requests, and elements whose text is never read as HTML.

export async function ask(path, fields) {
  const options = fields === undefined ? {} : {
    method: "POST",
    headers: {"Content-Type": "application/json"},
    body: JSON.stringify(fields),
  };
  let response, answer;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("The server does not answer. Is it still running?");
  }
  try {
    answer = await response.json();
  } catch {
    answer = {error: `The server answered with ${response.status}. Try again.`};
  }
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export const find = (id) => document.getElementById(id);

export function say(text, bad = false) {
  find("status").textContent = text;
  find("status").classList.toggle("bad", bad);
}

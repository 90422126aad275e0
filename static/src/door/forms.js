// The gate's forms: join, PIN, finding by name, walk-ins. Each says beside its field what is wrong and keeps what was typed.
import { draw } from "./code.js";
import { read } from "./ticket.js";
import * as people from "./people.js";

export function forms(page, said, deeds) {
  const form = (name) => page.querySelector(`form[data-form=${name}]`);
  const fault = (of, words) => (of.querySelector(".field-error").textContent = words);

  function submitted(name, deed) {
    form(name).addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = event.target.querySelector("button[type=submit]");
      button.disabled = true;
      fault(event.target, "");
      try {
        fault(event.target, (await deed(event.target.elements, event.target)) || "");
      } catch {
        fault(event.target, said.failed);
      }
      button.disabled = false;
    });
  }

  submitted("join", async ({ pin, again, giveUp }) => {
    if (location.hash.length < 20) return said.noInvitation;
    if (!/^\d{6,12}$/.test(pin.value)) return said.pinRule;
    if (pin.value !== again.value) return said.pinTwice;
    return deeds.join(pin.value, giveUp.checked);
  });

  submitted("unlock", async ({ pin }) => {
    const wrong = await deeds.enter(pin.value);
    pin.value = "";
    return wrong;
  });

  submitted("find", async ({ text }) => {
    if (read(text.value)) {
      await deeds.scan(text.value, "gun"); // the gun typed a ticket into the wrong field
      text.value = "";
      return "";
    }
    const rows = deeds.find(text.value);
    const list = page.querySelector("#hits");
    list.replaceChildren(...rows.map((row) => hit(row, said, deeds.admit)));
    return rows.length ? "" : said.nobody;
  });

  // the next guest begins with nobody found
  page.querySelector("[data-part=close]").addEventListener("click", () => {
    form("find").reset();
    fault(form("find"), "");
    page.querySelector("#hits").replaceChildren();
  });

  submitted("walk-in", async (fields, whole) => {
    const [name, mobile] = [people.name(fields.name.value), people.mobile(fields.mobile.value)];
    if (!name) return said.nameMissing;
    if (!mobile) return said.mobileWrong;
    const ticket = await deeds.walkIn(name, mobile, fields.company.value.trim());
    if (!ticket) return said.noPass;
    whole.reset();
    draw(page.querySelector("#pass"), `${location.origin}/T/${ticket}`.toUpperCase());
    return "";
  });
}

function hit(row, said, admit) {
  const item = document.createElement("li");
  const who = document.createElement("span");
  const button = document.createElement("button");
  who.textContent = [row.name, row.company, row.tail && `****${row.tail}`].filter(Boolean).join(" · ");
  Object.assign(button, { type: "button", className: "btn btn-primary", textContent: said.admit });
  button.addEventListener("click", () => {
    item.remove();
    admit(row);
  });
  item.append(who, button);
  return item;
}

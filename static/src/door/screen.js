// What the gate shows: one colour, one word, who it is; then the questions of this gate.
import { gate, answerQuestion } from "./gate.js";
import { tone } from "./sound.js";

const GOOD = new Set(["admitted", "left"]);

export function makeScreen(page, said, again) {
  const box = page.querySelector("#verdict");
  const part = (name) => box.querySelector(`[data-part=${name}]`);
  const clock = (at) => new Intl.DateTimeFormat("sv-SE", { timeZone: gate.config.zone, hour: "2-digit", minute: "2-digit" }).format(at);

  function wordsOf({ verdict, earlier, note }) {
    if (verdict === "already" && earlier)
      return said.already.replace("{time}", clock(earlier.at)).replace("{gate}", earlier.gate || said.desk);
    return note === "unseen" ? said.unseen : said.verdicts[verdict];
  }

  function questions({ verdict, key }) {
    const list = part("questions");
    list.replaceChildren();
    if (verdict !== "admitted" || !key) return;
    for (const question of gate.config.questions) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "btn btn-plain", textContent: question });
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => {
        const yes = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(yes));
        answerQuestion(key, question, yes);
      });
      list.append(button);
    }
  }

  function show(result) {
    const { verdict, row } = result;
    const kind = row ? gate.config.names[row.type] : null;
    box.dataset.verdict = verdict;
    part("words").textContent = wordsOf(result);
    part("name").textContent = row?.name ?? "";
    part("company").textContent = [row?.company, row?.post].filter(Boolean).join(" · ");
    part("type").textContent = kind ? (document.documentElement.lang === "en" && kind[1]) || kind[0] : "";
    part("type").className = `state ${kind ? `type-${kind[2]}` : ""}`;
    part("type").hidden = !kind;
    part("seat").textContent = [
      row?.seat,
      row?.leader && `${said.leader} ${row.leader}`,
      row?.companions && said.companions.replace("{n}", row.companions),
    ]
      .filter(Boolean)
      .join(" · ");
    questions(result);
    part("anyway").hidden = verdict !== "elsewhere";
    part("anyway").onclick = () => again(row);
    box.hidden = false;
    tone(GOOD.has(verdict));
    if (verdict === "admitted" || verdict === "left") part("close").focus({ preventScroll: true });
  }

  // Nobody's name stays on a page that is locked or withdrawn.
  function clear() {
    for (const name of ["name", "company", "seat", "words"]) part(name).textContent = "";
    box.hidden = true;
    page.querySelector("#hits").replaceChildren();
    page.querySelector("#pass").replaceChildren();
  }

  function trouble(words) {
    box.dataset.verdict = "failed";
    for (const name of ["name", "company", "type", "seat"]) part(name).textContent = "";
    part("type").hidden = true;
    part("questions").replaceChildren();
    part("anyway").hidden = true;
    part("words").textContent = words;
    box.hidden = false;
    tone(false);
  }

  part("close").addEventListener("click", () => (box.hidden = true));
  return { show, trouble, clear };
}

// A page that came back with a mistake shows it: the first wrong field is in sight and has the cursor.
import { show } from "./sight.js";

const wrong = document.querySelector("main [aria-invalid=true]") ?? document.querySelector("main .field-error");
if (wrong) {
  show(wrong);
  wrong.focus({ preventScroll: true });
}

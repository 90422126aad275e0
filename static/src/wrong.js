// A page that came back with a mistake shows it: what is folded away opens, and the first wrong field is in sight and has the cursor.
const wrong = document.querySelector("main [aria-invalid=true]") ?? document.querySelector("main .field-error");
if (wrong) {
  for (let fold = wrong.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  wrong.scrollIntoView({ block: "center" });
  wrong.focus?.({ preventScroll: true });
}

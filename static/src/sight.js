// A field in sight: what it is folded away in opens, and the page stands at it.
export function show(field) {
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  field.scrollIntoView({ block: "center" });
}

// What a screen reader is told about what changed; only a new text is read aloud, so the place is emptied first.
export function announce(text) {
  const place = document.getElementById("announcement");
  if (!place || !text) return;
  place.textContent = "";
  requestAnimationFrame(() => (place.textContent = text));
}

// A QR drawn on the device, for the pass of somebody who was just entered.
import encodeQR from "qr";

export function draw(target, text) {
  const holder = document.createElement("div");
  holder.innerHTML = encodeQR(text, "svg", { border: 4 }); // the text is a ticket's address of our own making
  target.replaceChildren(holder.firstElementChild);
  target.hidden = false;
}

// A label prints itself once it is on the screen.
addEventListener("load", () => print());

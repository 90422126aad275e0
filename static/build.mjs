// Builds static/src/ and the npm packages it uses into static/dist/, each file named by its hash, with a manifest.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { compile } from "sass";

const here = import.meta.dirname;
const dist = join(here, "dist");
const modules = join(here, "..", "node_modules");
const ICONS = [
  "arrow-back-up",
  "building",
  "building-factory-2",
  "chart-bar",
  "report",
  "traffic-lights",
  "address-book",
  "calendar-event",
  "checklist",
  "heart-handshake",
  "id",
  "users-group",
  "camera",
  "device-mobile",
  "lock",
  "printer",
  "refresh-alert",
  "bell",
  "layout-dashboard",
  "check",
  "chevron-left",
  "chevron-right",
  "clock",
  "copy",
  "coin",
  "door-enter",
  "download",
  "eye",
  "file-spreadsheet",
  "flag",
  "home",
  "layout-kanban",
  "map-pin",
  "menu-2",
  "pencil",
  "phone",
  "plus",
  "scan",
  "search",
  "send",
  "settings",
  "signature",
  "ticket",
  "trash",
  "upload",
  "user",
  "users",
];
const manifest = {};

// beside a file what goes over the network instead of it: .br and .gz (core/compressing.py, gzip_static of nginx)
function keepCompressed(path, content) {
  if (content.length < 1024) return;
  writeFileSync(`${path}.br`, brotliCompressSync(content));
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
}

function keep(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const file = name.replace(/(\.[a-z0-9]+)$/, `.${hash}$1`);
  writeFileSync(join(dist, file), content);
  keepCompressed(join(dist, file), content);
  manifest[name] = file;
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

for (const name of ["app", "guest"]) {
  const { css } = compile(join(here, "src", `${name}.scss`), {
    style: "compressed",
    loadPaths: [modules],
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  keep(`${name}.css`, css);
}

const MODULES = ["gate", "door"];
for (const name of ["theme", "app", "guest", "seating", "gate", "door", "worker", "label", "plot", "queue"]) {
  const { outputFiles } = await build({
    entryPoints: [join(here, "src", `${name}.js`)],
    bundle: true,
    minify: true,
    write: false,
    format: MODULES.includes(name) ? "esm" : "iife",
    target: [name === "door" ? "es2022" : "es2020"],
    nodePaths: [modules],
  });
  keep(`${name}.js`, outputFiles[0].contents);
}

keep("zxing_reader.wasm", readFileSync(join(modules, "zxing-wasm/dist/reader/zxing_reader.wasm")));

const symbols = ICONS.map((icon) => {
  const svg = readFileSync(join(modules, "@tabler/icons/icons/outline", `${icon}.svg`), "utf8");
  const body = svg.replace(/<!--[\s\S]*?-->/g, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
  return `<symbol id="${icon}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${body.replace(/\s*\n\s*/g, "")}</symbol>`;
});
// the mark in the colour of the brand: two wings over a line
keep(
  "favicon.svg",
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#9a3324"/><path d="M5 11q6-3 11 5q5-8 11-5q-7 0-11 9q-4-9-11-9z" fill="#fff"/><path d="M9 25h14" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/></svg>',
);
keep("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);

writeFileSync(join(dist, "manifest.json"), JSON.stringify(manifest, null, 1));

const browser = [
  "document",
  "addEventListener",
  "confirm",
  "location",
  "matchMedia",
  "navigator",
  "fetch",
  "URLSearchParams",
  "crypto",
  "performance",
  "setTimeout",
  "AbortSignal",
  "AudioContext",
  "BarcodeDetector",
  "createImageBitmap",
  "Event",
  "globalThis",
];
export default [
  {
    files: ["static/**/*.js", "static/**/*.mjs"],
    languageOptions: { ecmaVersion: 2022, sourceType: "module", globals: Object.fromEntries(browser.map((name) => [name, "readonly"])) },
    rules: {
      "no-undef": "error",
      "no-unused-vars": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      eqeqeq: "error",
      "prefer-const": "error",
    },
  },
];

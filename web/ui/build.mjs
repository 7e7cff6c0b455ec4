// Builds ../static, or the folder that is its argument, from the packages, app.css and app.js: see README.md.
// The output is committed.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { transform } from "lightningcss";
import { PurgeCSS } from "purgecss";

const out = process.argv[2] ? resolve(process.argv[2]) : fileURLToPath(new URL("../static", import.meta.url));
process.chdir(fileURLToPath(new URL(".", import.meta.url)));
const manifest = {};
const read = (file) => readFileSync(file, "utf8");

const tokens = "node_modules/@nl-design-system-unstable/voorbeeld-design-tokens/dist/variables.css";
const stylesheets = Object.keys(JSON.parse(read("package.json")).devDependencies)
  .filter((name) => name.endsWith("-css"))
  .map((name) => {
    const own = basename(name).replace(/-css$/, ".css");
    const folder = `node_modules/${name}/dist`;
    return read(`${folder}/${readdirSync(folder).includes(own) ? own : "index.css"}`).replace(/@charset[^;]*;|\/\*# source.*?\*\//g, "");
  });

// Classes that the templates, the parts of pages in Go and the script never name go.
const [{ css: used }] = await new PurgeCSS().purge({
  css: [{ raw: [...stylesheets, read("app.css")].join("\n") }],
  content: ["../templates/**/*.html", "../fields.go", "../screen.go", "app.js"],
  safelist: { standard: [/^app-/, /invalid/] },
});

// Of the theme only the properties that are read stay, directly or through another property.
const theme = new Map([...read(tokens).matchAll(/^\s*(--[\w-]+):\s*([^;]+);/gm)].map(([, name, value]) => [name, value]));
const needed = new Set();
const need = (text) => {
  for (const [, name] of text.matchAll(/var\(\s*(--[\w-]+)/g)) {
    if (needed.has(name) || !theme.has(name)) continue;
    needed.add(name);
    need(theme.get(name));
  }
};
need(used);
const root = [...theme].filter(([name]) => needed.has(name)).map(([name, value]) => `${name}:${value};`).join("");

const targets = { chrome: 109 << 16, edge: 109 << 16, firefox: 115 << 16, safari: (15 << 16) | (6 << 8) };
const css = transform({ filename: "app.css", code: Buffer.from(`:root{${root}}\n${used}`), minify: true, targets }).code;

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const write = (name, content) => {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const hashed = `${basename(name, extname(name))}.${hash}${extname(name)}`;
  manifest[name] = hashed;
  writeFileSync(`${out}/${hashed}`, content);
  writeFileSync(`${out}/${hashed}.gz`, gzipSync(content, { level: 9 }));
  writeFileSync(`${out}/${hashed}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
};
write("app.css", Buffer.from(css));
write("app.js", Buffer.from(read("app.js").replace(/^\s*\/\/.*\n/gm, "").replace(/\n\s*/g, "\n")));
write("icon.svg", Buffer.from(read("icon.svg").trim()));
write("LICENSE.txt", readFileSync("../../LICENSE"));
write("NOTICE.txt", readFileSync("../../NOTICE"));
writeFileSync(`${out}/manifest.json`, JSON.stringify(manifest, null, 2) + "\n");

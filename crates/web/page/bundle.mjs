// Puts everything into one file: node bundle.mjs BUILD-FOLDER OUTPUT.html. The policy names the two inline parts by their
// checksums, so that no other script or style can run, not even one that slipped into the page.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

const [build, output] = process.argv.slice(2);
const here = import.meta.dirname ?? dirname(new URL(import.meta.url).pathname);
const text = (...path) => readFileSync(join(...path), "utf8");

// `<` is written so that nothing in a text can end the script element.
const literal = (value) => JSON.stringify(value).replaceAll("<", "\\u003c");
const examples = () => {
    const data = join(here, "../../../testdata");
    const files = JSON.parse(text(here, "examples.json"));
    return files.map(({ path, ...rest }) => ({ ...rest, base64: readFileSync(join(data, path)).toString("base64") }));
};

const program = gzipSync(readFileSync(join(build, "bound/trustlist_web_bg.wasm")), { level: 9 }).toString("base64");
const worker = text(build, "bound/trustlist_web.js") + text(build, "script/worker.js");
const script = [
    '"use strict";(()=>{',
    `const WORKER=${literal(worker)},PROGRAM=${literal(program)},EXAMPLES=${literal(examples())};`,
    text(build, "script/page.js").replaceAll("</", "<\\/"),
    "})();",
].join("\n");
const style = text(here, "style.css");

const hash = (part) => `'sha256-${createHash("sha256").update(part).digest("base64")}'`;
const policy = [
    "default-src 'none'",
    `script-src ${hash(script)} 'wasm-unsafe-eval'`,
    `style-src ${hash(style)}`,
    "worker-src blob:",
    "img-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
].join("; ");

const parts = { POLICY: policy, STYLE: style, SCRIPT: script };
const page = text(here, "index.html").replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
mkdirSync(dirname(output), { recursive: true });
writeFileSync(output, page);
console.log(`${output}: ${page.length} bytes`);

// Measures the page, five times each, and prints the medians: node crates/web/tests/measure.mjs. Nothing else should run meanwhile.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open, root } from "./browser.mjs";

const data = join(root, "testdata");
const RUNS = 5;
const median = (of) => of.toSorted((one, other) => one - other)[of.length >> 1];
const shown = (of) => `${Math.round(median(of))} ms (${of.map(Math.round).join(", ")})`;

const work = mkdtempSync(join(tmpdir(), "trustlist-measure-"));

/** Makes a file for the page to read from the disk, as an administrator's browser does. */
function made(name, content) {
    writeFileSync(join(work, name), content);
    return join(work, name);
}

/** From a new browser's request for the file to the answer. */
async function firstAnswer() {
    let began = 0;
    const { browser, page } = await open({}, () => (began = performance.now()));
    for (const [place, path] of [["phone", "mixed/before/CTLFile.tlv"], ["server", "mixed/after-callmanager/CTLFile.tlv"]]) {
        await page.setInputFiles(`input[data-place="${place}"]`, join(data, path));
        await page.waitForSelector(`[data-place="${place}"] li`);
    }
    await page.click("#view-predict .go");
    await page.waitForSelector("#view-predict .verdict");
    const ended = performance.now();
    await browser.close();
    return ended - began;
}

/** 100,000 phones: the time to put the inventory, the time to the answer, and the longest time in which no timer of the page was served. */
async function fleet() {
    const { browser, page } = await open();
    const models = ["8851", "7841", "7975", "unheard-of", ""];
    const row = (_, index) => `SEP${String(index).padStart(12, "0")},${models[index % 5]},${index % 3 === 0 ? "after.tlv" : "before.tlv"},ccm${index % 4}`;
    const inventory = ["device,model,itl,cm_group", ...Array.from({ length: 100_000 }, row)].join("\r\n");
    const put = async (place, path) => {
        await page.evaluate(() => (document.getElementById("state").textContent = ""));
        await page.setInputFiles(`input[data-place="${place}"]`, path);
        await page.waitForFunction(() => document.getElementById("state").textContent !== "", null, { polling: 5 });
    };
    await put("server", made("after.tlv", readFileSync(join(data, "cluster/after-both/ITLFile.tlv"))));
    await page.click("#tab-fleet");
    await put("fleet", made("before.tlv", readFileSync(join(data, "cluster/before/ITLFile.tlv"))));
    const phones = made("phones.csv", inventory);
    await page.evaluate(() => {
        let last = performance.now();
        globalThis.longest = 0;
        const channel = new MessageChannel();
        channel.port1.onmessage = () => {
            const now = performance.now();
            globalThis.longest = Math.max(globalThis.longest, now - last);
            last = now;
            setTimeout(() => channel.port2.postMessage(0), 1);
        };
        channel.port2.postMessage(0);
    });
    const began = performance.now();
    await put("fleet", phones);
    const placed = performance.now();
    await page.click("#view-fleet .go");
    await page.waitForSelector("#view-fleet .verdict");
    const ended = performance.now();
    const longest = await page.evaluate(() => globalThis.longest);
    await browser.close();
    return [placed - began, ended - placed, longest];
}

console.log(`size: ${statSync(join(root, "dist/trustlist.html")).size} bytes`);
const first = [];
for (let run = 0; run < RUNS; run += 1) first.push(await firstAnswer());
console.log(`opening to first answer, two CTLs of 10.6 kB: ${shown(first)}`);
const fleets = [];
for (let run = 0; run < RUNS; run += 1) fleets.push(await fleet());
for (const [index, name] of ["placing the inventory of 100,000 phones", "its answer", "longest time without a timer"].entries()) {
    console.log(`${name}: ${shown(fleets.map((run) => run[index]))}`);
}
rmSync(work, { recursive: true });

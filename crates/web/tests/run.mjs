// The page in a real browser: its answers equal those of the command line, hostile files neither break it nor run in it, and
// nothing is asked of any network. `.ci/web` builds the page and calls this: node crates/web/tests/run.mjs TRUSTLIST SHOTS.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { axe, open, root } from "./browser.mjs";

const [trustlist, shots] = process.argv.slice(2).map((path) => resolve(path));
const data = join(root, "testdata");
const work = mkdtempSync(join(tmpdir(), "trustlist-web-"));
mkdirSync(shots, { recursive: true });
const { browser, page, log, address } = await open();
const failures = [];
let checks = 0;

function check(name, holds, told = "") {
    checks += 1;
    if (!holds) failures.push(`${name}${told === "" ? "" : `: ${told}`}`);
}

function equal(name, found, wanted) {
    let at = 0;
    while (at < wanted.length && found[at] === wanted[at]) at += 1;
    const around = (text) => JSON.stringify(text.slice(Math.max(0, at - 60), at + 60));
    check(name, found === wanted, `differs at ${at}: page ${around(found)}, command line ${around(wanted)}`);
}

/** Returns the output of the command line for any status. */
function cli(cwd, ...args) {
    try {
        return execFileSync(trustlist, args, { cwd, encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] });
    } catch (error) {
        return error.stdout;
    }
}

function files(folder, ends) {
    return readdirSync(join(data, folder), { recursive: true })
        .filter((name) => ends.some((end) => name.endsWith(end)))
        .sort()
        .map((name) => join(data, folder, name));
}

/** Makes a file of its own, and returns its path. */
function made(name, content) {
    const path = join(work, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
}

const state = () => page.textContent("#state");

/** Puts files at a place, and waits until each is told of. */
async function put(place, ...paths) {
    for (const path of paths) {
        await page.evaluate(() => (document.getElementById("state").textContent = ""));
        await page.setInputFiles(`input[data-place="${place}"]`, path);
        await page.waitForFunction(() => document.getElementById("state").textContent !== "", null, { polling: 5 });
    }
}

async function clear() {
    const left = () => page.evaluate(() => document.querySelectorAll(".place li button").length);
    for (let before = await left(); before > 0; before = await left()) {
        await page.evaluate(() => document.querySelector(".place li button").click());
        const fewer = (before) => document.querySelectorAll(".place li button").length < before;
        await page.waitForFunction(fewer, before, { polling: 5 });
    }
}

async function view(name) {
    await page.click(`#tab-${name}`);
}

/** Fills fields of a view, presses one of its buttons and waits for the answer: in one go, since there are hundreds. */
async function ask(name, values = {}, label = null) {
    await page.evaluate(
        ({ name, values, label }) => {
            const state = document.getElementById("state");
            document.getElementById(`tab-${name}`).click();
            for (const field of document.querySelectorAll(`#view-${name} [data-field]`)) {
                const value = values[field.dataset.field];
                if (field.type === "checkbox") field.checked = value === true;
                else field.value = value ?? "";
            }
            state.textContent = "";
            const buttons = [...document.querySelectorAll(`#view-${name} .go`)];
            buttons.find((button) => label === null || button.textContent.includes(label)).click();
        },
        { name, values, label },
    );
    const answered = () => !["", "Working…"].includes(document.getElementById("state").textContent);
    await page.waitForFunction(answered, null, { polling: 5, timeout: 120_000 });
    const said = `${await state()}\n${await page.evaluate(saidIn, name)}`;
    const option = optionIn(said, label === "Write a safe plan" ? RUN_BOOK : EVENT);
    check(`${name}, ${label ?? "first button"}: no option of the command line is named`, option === null, option ?? "");
    answers.set(name, (answers.get(name) ?? 0) + 1);
}

/** How many answers of each view were searched for options. */
const answers = new Map();

/** The platform events that CUCM logs have a word that looks like an option. */
const EVENT = /platform event (emitted|received) by [^:]+: $/;
/** The commands of a run book keep their options: they are for the command line. */
const RUN_BOOK = /\btrustlist [a-z]+ .{0,400}$/;

/** An option of the command line in an answer, with what is around it; one that follows `allowed` is none. */
function optionIn(text, allowed) {
    const flat = text.replace(/\s+/g, " ");
    for (const { index } of flat.matchAll(/(?<![\w-])--[a-z]/g)) {
        const before = flat.slice(Math.max(0, index - 400), index);
        if (!allowed.test(before)) return flat.slice(Math.max(0, index - 60), index + 40);
    }
    return null;
}

const textOf = (selector) => page.evaluate((selector) => document.querySelector(selector)?.textContent ?? "", selector);
const json = (name) => textOf(`#view-${name} .json`);
const result = (name) => textOf(`#view-${name} .result`);

async function cases() {
    let compared = 0;
    await view("predict");
    for (const path of files("cases/predict", [".json"])) {
        await put("phone", path);
        await ask("predict");
        const verdict = await textOf("#view-predict .verdict");
        check(`the answer of ${basename(path)} is no title`, /^(YES|NO|UNDECIDED): /.test(verdict), verdict);
        equal(`predict ${basename(path)}`, await json("predict"), cli(dirname(path), "predict", "--case", basename(path), "--json"));
        compared += 1;
    }
    check("cases of predict", compared >= 100, `${compared}`);
    await clear();
}

async function filesOfOnePhone() {
    const before = join(data, "cluster/before/ITLFile.tlv");
    const tvs = join(data, "certs/ccm1-tvs-1.pem");
    const known = join(data, "cluster/after-callmanager/ITLFile.tlv");
    for (const after of ["after-both", "after-callmanager", "rollback"]) {
        const offered = join(data, `cluster/${after}/ITLFile.tlv`);
        await put("phone", before);
        await put("server", offered);
        await put("tvs", tvs);
        await page.locator('input[aria-label^="TVS server of"]').fill("ccm1");
        await ask("predict", { model: "8851", cm_group: "ccm1,ccm2", tls_minimum: "1.2", at: "2027-01-31", tvs_down: "ccm2" });
        const options = ["--model", "8851", "--cm-group", "ccm1,ccm2", "--tls-minimum", "1.2", "--at", "2027-01-31"];
        const lists = ["--installed-itl", before, "--offered-itl", offered, "--tvs", `ccm1=${tvs}`, "--tvs", "ccm2=down", "--json"];
        equal(`predict ${after}`, await json("predict"), cli(data, "predict", ...options, ...lists));
        await clear();
        await put("phone", before);
        await put("server", offered);
        await put("tvs", known);
        await ask("predict", { model: "7841", no_config: true, fips: true });
        const more = ["--model", "7841", "--no-config", "--fips", "--tvs-knows", known];
        equal(`predict ${after}, TVS knows`, await json("predict"), cli(data, "predict", ...more, ...lists.slice(0, 4), "--json").replaceAll(known, basename(known)));
        await clear();
    }
    await ask("predict", { factory_fresh: true, tvs_none: true });
    check("predict, nothing given", (await json("predict")).includes("nothing is offered to the phone"), await json("predict"));
}

// The command line breaks its lines at the width of the terminal, the page does not.
function words(text) {
    return text.split(/\s+/).join(" ").trim();
}

async function lists() {
    const all = [...["cluster", "mixed", "forms", "prints", "digests", "recovery", "certutils"].flatMap((folder) => files(folder, [".tlv", ".txt"]))];
    for (const path of all) {
        await put("phone", path);
        const name = path.slice(data.length + 1);
        const wanted = cli(dirname(path), "show", basename(path), "--json");
        if ((await page.locator('[data-place="phone"] li:not(.wrong)').count()) === 0) {
            check(`place of ${name}`, wanted.includes("trustlist.error/1"), await state());
        } else {
            await ask("lists", { at: "2030-01-01", within: "90", cucm: "12.5" });
            equal(`show ${name}`, await json("lists"), wanted);
            const lint = cli(dirname(path), "lint", basename(path), "--at", "2030-01-01", "--within", "90d", "--cucm", "12.5");
            const told = words(lint).replaceAll(": give --certs DIR", "");
            check(`lint ${name}`, words(await result("lists")).includes(told), lint);
        }
        await clear();
    }
    for (const path of files("bad", [".tlv", ".sbn", ".loads"])) {
        await put("phone", path);
        const told = await state();
        const wrong = (await page.locator('[data-place="phone"] li.wrong').count()) === 1;
        await ask("lists");
        check(`bad ${basename(path)}`, wrong ? told.startsWith(basename(path)) : (await json("lists")).length > 0, told);
        await clear();
    }
}

async function comparisons() {
    const [old, now] = ["before", "after-both"].map((folder) => join(data, `cluster/${folder}/ITLFile.tlv`));
    await put("phone", old);
    await put("server", now);
    await ask("compare");
    equal("diff", await json("compare"), cli(data, "diff", old, now, "--json"));
    await clear();
}

async function preflights() {
    let confirmed = false;
    for (const path of files("cases/preflight", [".json"])) {
        const { output, context = {} } = JSON.parse(readFileSync(path, "utf8"));
        const paste = made("paste.txt", output);
        const told = made("context.json", JSON.stringify(context));
        await put("pastes", paste);
        if ((await page.locator('[data-place="pastes"] li:not(.wrong)').count()) > 0) {
            const values = { ...context, version: context.version === undefined ? "" : String(context.version) };
            await ask("preflight", { ...values, tftp_nodes: (context.tftp_nodes ?? []).join(",") });
            equal(`preflight ${basename(path)}`, await json("preflight"), cli(work, "preflight", "paste.txt", "--context", told, "--json"));
            if (!confirmed) {
                confirmed = true;
                await ask("preflight", { ...values, confirm: "F-3, F-4" });
                equal("preflight, by hand", await json("preflight"), cli(work, "preflight", "paste.txt", "--context", told, "--confirm", "F-3,F-4", "--json"));
                await ask("preflight", { ...values, confirm: "F-1" });
                check("a check that a command answers", (await state()).includes("F-1 is answered by"), await state());
            }
        } else check(`paste ${basename(path)}`, false, await state());
        await clear();
    }
}

async function plans() {
    // The command line, not optimised, takes seconds for each: every sixth of them is asked.
    const all = [...files("cases/simulate", [".json"]), ...files("cases/lint", [".json"])];
    for (const path of all.filter((_, index) => index % 6 === 0)) {
        await put("plan", path);
        const args = [basename(path), "--json"];
        const name = basename(path);
        await ask("plan", {}, "Simulate");
        const simulation = cli(dirname(path), "simulate", ...args);
        if (simulation.includes("trustlist.error/1")) check(`simulate ${name}`, (await result("plan")).includes(name));
        else equal(`simulate ${name}`, await json("plan"), simulation);
        await ask("plan", {}, "Check the plan");
        const lint = JSON.parse(cli(dirname(path), "plan", "lint", ...args));
        const { file: _, ...rest } = lint;
        if (lint.error === undefined) equal(`plan lint ${name}`, JSON.stringify(JSON.parse(await json("plan"))), JSON.stringify(rest));
        else check(`plan lint ${name}`, (await result("plan")).includes(name));
    }
    const path = join(data, "cases/simulate/callmanager-and-tvs.json");
    await put("plan", path);
    await ask("plan", { renew: "CallManager,TVS", window: "120", delete_old_trust: true }, "Write a safe plan");
    const options = ["--renew", "CallManager,TVS", "--window", "120m", "--delete-old-trust"];
    equal("plan generate", await json("plan"), cli(data, "plan", "generate", path, ...options, "--json"));
    check("run book", (await result("plan")).includes(cli(data, "plan", "generate", path, ...options)));
    await ask("plan", {}, "Phones that stay locked");
    const { file: _recovered, ...recovery } = JSON.parse(cli(data, "plan", "recover", path, "--json"));
    equal("plan recover", JSON.stringify(JSON.parse(await json("plan"))), JSON.stringify(recovery));
    const back = join(data, "cases/lint/deletion-comes-back.json");
    await put("plan", back);
    await ask("plan", {}, "Will deleted certificates come back?");
    equal("deletion predict", await json("plan"), cli(data, "deletion", "predict", back, "--json"));
    const pastes = ["ccm1", "ccm2"].map((node) => join(data, `trial/plan/${node}.txt`));
    await put("pastes", ...pastes);
    await ask("preflight", { mode: "non-secure", version: "12.5" }, "Make a cluster file");
    const facts = ["--mode", "non-secure", "--version", "12.5"];
    equal("plan init", await json("preflight"), cli(data, "plan", "init", ...pastes, ...facts));
    await put("plan", path);
    await ask("plan", { policy: "B" }, "Simulate");
    const drawn = await page.locator("#view-plan img").evaluate(async (image) => (await image.decode(), image.naturalWidth));
    check("timeline", drawn > 300, `${drawn}`);
    await page.locator("#view-plan img").screenshot({ path: join(shots, "timeline.png") });
    await clear();
}

async function fleets() {
    const old = join(data, "cluster/before/ITLFile.tlv");
    const now = join(data, "cluster/after-both/ITLFile.tlv");
    const lists = [made("fleet/old.tlv", readFileSync(old)), made("fleet/now.tlv", readFileSync(now))];
    const models = ["8851", "7841", "7975", "unheard-of", ""];
    const itls = ["old.tlv", "now.tlv", "", "nothing.tlv", "c1fc551921d7b98ba4aae4295ecf69e7", "0".repeat(32)];
    const groups = ["ccm1;ccm2", "ccm2", "", "ccm9"];
    const row = (index) =>
        [`SEP${String(index).padStart(12, "0")}`, models[index % 5], itls[index % 7] ?? "old.tlv", groups[index % 4], `"a ""note"" <b>${index}"`].join(",");
    const inventory = (rows) => ["device,model,itl,cm_group,note", ...Array.from({ length: rows }, (_, index) => row(index))].join("\r\n");
    const small = made("fleet/small.csv", inventory(600));
    const tvs = join(data, "certs/ccm1-tvs-2.pem");
    await put("server", lists[1]);
    await put("tvs", tvs);
    await page.locator('input[aria-label^="TVS server of"]').fill("ccm1");
    await put("fleet", small, lists[0]);
    await ask("fleet", { model: "8851", tls_minimum: "1.0" });
    const options = ["--offered-itl", "now.tlv", "--known", ".", "--tvs", `ccm1=${tvs}`, "--model", "8851", "--tls-minimum", "1.0"];
    const found = JSON.parse(await json("fleet"));
    const wanted = JSON.parse(cli(join(work, "fleet"), "fleet", "small.csv", ...options, "--json"));
    // Why a file cannot be had is said in other words where there is no disk.
    for (const report of [found, wanted]) report.errors.forEach((fault) => delete fault.error);
    equal("fleet", JSON.stringify(found), JSON.stringify(wanted));
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#view-fleet >> text=Download the inventory")]);
    const faults = (text) => text.replace(/(,unreadable,,,,,,,,).*/g, "$1").replaceAll("\r\n", "\n");
    const table = readFileSync(await download.path(), "utf8");
    equal("fleet as CSV", faults(table), faults(cli(join(work, "fleet"), "fleet", "small.csv", ...options, "--csv")));
    // An export of CUCM as Excel writes it: other names of columns, UTF-16, a row that repeats a device, and one with a value too few.
    const exported = ["Device Name\tDevice Type\titl\tDescription", "SEP001122334455\tCisco 8851\told.tlv\tx", "SEP001122334455\t7841\told.tlv\tx", "SEP1\t8851", "\t8851\told.tlv\tx"];
    const excel = made("fleet/excel.csv", Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`${exported.join("\r\n")}\r\n`, "utf16le")]));
    await put("fleet", excel);
    await ask("fleet", { model: "8851", tls_minimum: "1.0" });
    equal("fleet of an export", await json("fleet"), cli(join(work, "fleet"), "fleet", "excel.csv", ...options, "--json"));
    // The page itself goes on while the worker judges: timers are served.
    await put("fleet", made("fleet/large.csv", inventory(100_000)));
    await page.evaluate(() => (globalThis.ticks = 0, setInterval(() => globalThis.ticks++, 10)));
    const began = Date.now();
    await ask("fleet", { model: "8851" });
    console.log(`100,000 phones: ${Date.now() - began} ms, ${await page.evaluate(() => globalThis.ticks)} ticks of the page meanwhile`);
    const rows = JSON.parse(await json("fleet"));
    check("100,000 phones", rows.accept + rows.depends + rows.reject + rows.unreadable === 100_000, (await json("fleet")).slice(0, 300));
    check("the page goes on", (await page.evaluate(() => globalThis.ticks)) > 2);
    await clear();
}

async function hostile() {
    const tags = "<script>alert(1)</script><img src=x onerror=alert(2)>]]>\u202e\u0007";
    const print = readFileSync(join(data, "prints/01-itl-cucm8-document-crlf.txt"), "utf8").replaceAll("CN=", `CN=${tags}`);
    const list = readFileSync(join(data, "cluster/before/ITLFile.tlv"));
    const scripts = () => page.evaluate(() => document.querySelectorAll("script, #panels iframe, #panels object, img[src='x']").length);
    const before = await scripts();
    const put2 = (place, name, buffer) => page.setInputFiles(`input[data-place="${place}"]`, { name, mimeType: "application/octet-stream", buffer });
    const names = [`${tags}.tlv`, "]]>.tlv", "\u202egpj.tlv", `${"n".repeat(10_000)}.tlv`, "__proto__", "'\"&lt;.tlv"];
    for (const name of names) {
        await put2("phone", name, list);
        await page.waitForSelector('[data-place="phone"] li');
        for (const shown of ["predict", "lists"]) await ask(shown, { model: tags, cm_group: tags, tftp_server: tags, at: tags });
        await ask("lists");
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        check(`a name does not widen the page (${name.slice(0, 12)})`, wide <= 0, `${wide}`);
        await clear();
    }
    await put("phone", made("print.txt", print));
    await ask("lists");
    check("hostile subjects are shown", (await result("lists")).includes("<script>alert(1)</script>"));
    await put("plan", made("plan.json", JSON.stringify({ schema: "trustlist.simulate/1", title: tags, cluster: { [tags]: 1 }, plan: [] })));
    for (const label of ["Simulate", "Check the plan", "Write a safe plan"]) await ask("plan", { renew: tags }, label);
    check("a hostile plan is told of", (await result("plan")).length > 0);
    await put("fleet", made("hostile.csv", `device,model,note\n"${tags}",${tags},"${tags}"\n`));
    await put("server", join(data, "cluster/after-both/ITLFile.tlv"));
    await ask("fleet");
    await put("pastes", made("hostile.txt", `admin:show itl ${tags}\n`.repeat(50)));
    await ask("preflight", { tftp_nodes: tags });
    check("no element came from a file", (await scripts()) === before);
    check("no dialog", log.dialogs === 0);
    await clear();
}

async function garbage() {
    const noise = Buffer.alloc(100_000);
    for (let index = 0, seed = 1; index < noise.length; index += 1) {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        noise[index] = seed >> 16;
    }
    const large = made("large.tlv", Buffer.concat([readFileSync(join(data, "cluster/before/ITLFile.tlv")), Buffer.alloc(30 << 20)]));
    for (const place of ["phone", "server", "tvs", "pastes", "plan", "fleet"]) {
        await view(["plan", "fleet"].includes(place) ? place : "predict");
        for (const path of [made("noise.bin", noise), large, made("empty.bin", "")]) {
            await put(place, path);
            const wrong = await page.locator(`[data-place="${place}"] li.wrong`).count();
            check(`${basename(path)} at ${place}`, wrong > 0, await state());
        }
        await clear();
    }
    // Dropped rather than chosen; and beside every place, where the browser would open it.
    await page.evaluate((text) => {
        const data = new DataTransfer();
        data.items.add(new File([text], "dropped.bin"));
        const drop = () => new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
        document.querySelector('section[data-place="phone"]').dispatchEvent(drop());
        if (document.body.dispatchEvent(drop())) throw new Error("the browser would open what is dropped");
    }, "\u0000garbage");
    await page.waitForSelector('[data-place="phone"] li.wrong');
    await clear();
    // As many records as are read, and more: each of ten bytes, a length and a role.
    const list = readFileSync(join(data, "cluster/before/ITLFile.tlv"));
    const record = Buffer.from([1, 0, 2, 0, 10, 4, 0, 2, 0, 21]);
    const many = (more) => made("many.tlv", Buffer.concat([list, ...Array(more).fill(record)]));
    await put("phone", many(3_993));
    await ask("lists");
    equal("4,000 records", await json("lists"), cli(work, "show", "many.tlv", "--json"));
    await put("phone", many(5_000));
    check("5,000 records", (await state()).includes("more than 4000 records"), await state());
    await clear();
}

/** The words of the tables that are broken over two lines, though no longer than a serial number. */
function brokenWords(name) {
    const broken = [];
    for (const cell of document.querySelectorAll(`#view-${name} td bdi, #view-${name} th`)) {
        const texts = [...cell.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
        for (const text of texts) for (const { 0: word, index } of text.data.matchAll(/[^\s-]+/g)) {
            const range = document.createRange();
            range.setStart(text, index);
            range.setEnd(text, index + word.length);
            if (word.length <= 32 && new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) broken.push(word);
        }
    }
    return broken.join(" ");
}

/** Returns the words of a view, without the document of the command line, which names its options. */
function saidIn(name) {
    const copy = document.querySelector(`#view-${name} .result`).cloneNode(true);
    copy.querySelectorAll(".json").forEach((json) => json.remove());
    return copy.textContent;
}

/** Files in the wrong place, files as editors of Windows write them, and the keyboard alone. */
async function newcomers() {
    const file = (path) => join(data, path);
    const utf16 = (text) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
    const before = file("cluster/before/ITLFile.tlv");
    const config = file("cluster/before/SEP001122334455.cnf.xml.sgn");
    const plan = readFileSync(file("cases/simulate/callmanager-and-tvs.json"), "utf8");
    const wrong = [
        ["phone", file("certs/ccm1-tvs-1.pem"), 'Put it at "TVS certificates"'],
        ["phone", config, 'Put it at "On the TFTP server"'],
        ["phone", made("plan.json", plan), 'Put it at "Plan" in the view Plan'],
        ["phone", made("phones.csv", "Device Name,Model\nSEP1,8851\n"), 'Put it at "Inventory" in the view Fleet'],
        ["server", made("SEP1.cnf.xml", "<?xml version=\"1.0\"?><device/>"), "the signed form of a configuration"],
        ["tvs", made("key.pem", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"), "a private key"],
        ["pastes", before, 'Put it at "On the phone"'],
        ["pastes", made("blank.txt", "\r\n \r\n"), "an empty file"],
        ["pastes", made("long.txt", "a line of text\n".repeat(100_000)), "expected at most 1048576"],
        ["plan", made("list.json", '{"schema": "trustlist.list/1"}'), "expected a scenario"],
        ["fleet", made("book.xlsx", "PK\u0003\u0004 and so on"), "save the table as CSV UTF-8"],
        ["fleet", made("none.csv", "SEP1,8851\n"), "no column device, expected a header with device, model, itl, ctl, cm_group, tftp_server; found SEP1, 8851"],
    ];
    for (const [place, path, said] of wrong) {
        await view(["plan", "fleet"].includes(place) ? place : "predict");
        await put(place, path);
        const told = await state();
        check(`${basename(path)} at ${place}`, told.startsWith(`${basename(path)}: `) && told.includes(said) && !told.includes("MAX_"), told);
        check(`${basename(path)} is wrong at ${place}`, (await page.locator(`[data-place="${place}"] li.wrong`).count()) === 1);
        await clear();
    }
    for (const [name, path, said] of [
        ["SEP001122334455.cnf.xml.sgn", before, "although its name is that of a configuration"],
        ["CTLFile.tlv", before, "although its name is that of a CTL"],
        ["ITLFile.tlv", config, "although its name is that of a list"],
    ]) {
        await put("server", made(`named/${name}`, readFileSync(path)));
        check(`${basename(path)} named ${name}`, (await state()).includes(said), await state());
        await clear();
    }
    // Text as editors of Windows write it.
    const bom = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(plan)]);
    for (const content of [utf16(plan), bom]) {
        await put("plan", made("notepad.json", content));
        await ask("plan", {}, "Simulate");
        equal("a plan of an editor", await json("plan"), cli(data, "simulate", file("cases/simulate/callmanager-and-tvs.json"), "--json"));
    }
    await ask("plan", {}, "Write a safe plan");
    check("a plan for no certificate", (await state()).includes("expected at least one, such as CallManager or TVS"), await state());
    await clear();
    // A cluster from pastes has notes, which the plan repeats: none may name an option.
    await put("pastes", ...["ccm1", "ccm2"].map((node) => file(`trial/plan/${node}.txt`)));
    await ask("preflight", { mode: "non-secure" }, "Make a cluster file");
    await ask("preflight", { mode: "non-secure", version: "12.5" }, "Make a cluster file");
    await put("plan", made("cluster.json", await json("preflight")));
    await ask("plan", { renew: "TVS" }, "Write a safe plan");
    check("a plan does not rest on guesses", (await state()).includes("would rest on guesses"), await state());
    await clear();
    // A configuration without a list, and with one.
    await put("server", config);
    await ask("lists");
    check("a configuration alone", (await result("lists")).includes("a list with that key is needed to verify it"), await result("lists"));
    await put("server", before);
    await ask("lists");
    check("a configuration with a list", (await result("lists")).includes("SEP001122334455.cnf.xml.sgn: signature valid"), await result("lists"));
    await clear();
    // A question without an answer is told where a screen reader hears it.
    for (const [name, said] of [["predict", "nothing is offered to the phone"], ["lists", "No list was given"], ["compare", "Nothing to compare"], ["preflight", "no paste was given"], ["plan", "No plan was given"], ["fleet", "No inventory was given"]]) {
        await ask(name);
        check(`${name} without a file`, (await state()).startsWith(`Not done: ${said}`), await state());
    }
    await put("phone", before);
    await put("server", before);
    await ask("predict", { at: "31.01.2026" });
    check("a wrong date", (await state()).startsWith("Not done: date: expected a date"), await state());
    await ask("lists", { within: "90" });
    check("days without a date", (await result("lists")).includes("expected a date beside them"), await result("lists"));
    // Keyboard alone: Return asks, a change makes the answer old, and Remove leaves the keyboard where it was.
    await ask("predict");
    await page.focus('#view-predict [data-field="model"]');
    await page.keyboard.type("8851");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#view-predict .result:not(:has(.old)) .verdict");
    check("an answer is new", (await page.locator("#view-predict .old").count()) === 0);
    await page.keyboard.type("x");
    check("an answer is old after a change", (await page.locator("#view-predict .old").count()) === 1);
    check("a change elsewhere is none", (await page.locator("#view-lists .old").count()) === 0);
    await put("pastes", file("prints/01-itl-cucm8-document-crlf.txt"));
    check("no list rests on a paste", (await page.locator("#view-lists .old").count()) === 0);
    await put("server", before);
    check("lists rest on the files of the server", (await page.locator("#view-lists .old").count()) === 1);
    await page.focus('[data-place="phone"] li button');
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.matches('input[data-place="phone"]'));
    check("a removed file is told of", (await state()) === "ITLFile.tlv is removed.", await state());
    await page.click('[data-place="phone"] summary');
    await page.click('[data-place="phone"] >> text=Add the text');
    await page.waitForFunction(() => document.getElementById("state").textContent === "Nothing is pasted yet.");
    check("an empty paste is no file", (await page.locator('[data-place="phone"] li').count()) === 0);
    await page.click('[data-place="phone"] summary');
    await clear();
}

async function looks() {
    await page.click("#example");
    await page.waitForFunction(() => document.querySelector("#view-predict .verdict")?.textContent.startsWith("NO"));
    check("the example is a lock-out", true);
    await ask("lists");
    await ask("compare");
    await ask("plan", { policy: "B" }, "Simulate");
    await put("pastes", join(data, "prints/01-itl-cucm8-document-crlf.txt"));
    await ask("preflight");
    await view("fleet");
    await put("fleet", made("looks.csv", "device,model,itl\nSEP001122334455,8851,before-ITLFile.tlv\nSEP001122334456,unheard-of,\n"));
    await ask("fleet");
    const faults = readFileSync(axe, "utf8");
    for (const name of ["predict", "lists", "compare", "preflight", "plan", "fleet"]) {
        await view(name);
        check(`answers of ${name} were searched for options`, answers.get(name) > 0);
        for (const colorScheme of ["light", "dark"]) {
            await page.emulateMedia({ colorScheme });
            for (const width of [360, 800, 1400]) {
                await page.setViewportSize({ width, height: 900 });
                const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
                check(`${name} fits ${width} px`, wide <= 0, `${wide} px too wide`);
                const broken = await page.evaluate(brokenWords, name);
                check(`${name} breaks no word at ${width} px`, broken === "", broken);
                await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
            }
            await page.evaluate(`${faults};0`);
            const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
            const grave = found.violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
            const told = grave.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)} ${nodes[0].failureSummary.slice(0, 200)}`);
            check(`axe finds nothing serious in ${name}, ${colorScheme}`, grave.length === 0, told.join("; "));
        }
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1400, height: 900 });
    // Keyboard alone: the arrow keys go from view to view.
    await view("predict");
    await page.focus("#tab-predict");
    await page.keyboard.press("ArrowRight");
    check("arrow keys change the view", await page.isVisible("#view-lists"));
    await page.keyboard.press("End");
    check("End goes to the last view", await page.isVisible("#view-fleet"));
    await page.keyboard.press("ArrowRight");
    check("after the last view comes the first", await page.isVisible("#view-predict"));
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Tab");
    check("the next field is reached", await page.evaluate(() => document.activeElement.closest("#view-lists") !== null));
    await page.click("#clear");
    await page.waitForFunction(() => document.querySelectorAll(".place li").length === 0);
    check("all files are removed at once", (await state()).startsWith("All files are removed"));
}

/** The policy is asked to prove itself: what a script would try is refused by the browser. */
async function nothingIsSent() {
    const strangers = log.requests.filter((url) => url !== address && !url.startsWith("blob:"));
    check("no request was made", strangers.length === 0, strangers.join(" "));
    check("no error was logged", log.errors.length === 0, log.errors.slice(0, 3).join("; "));
    const refused = await page.evaluate(async () => {
        const violations = [];
        document.addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
        await fetch("https://trustlist.example/").catch(() => {});
        const script = document.createElement("script");
        script.textContent = "globalThis.ran = true";
        document.body.append(script);
        const image = new Image();
        image.src = "https://trustlist.example/x.png";
        document.body.append(image);
        await new Promise((resolve) => setTimeout(resolve, 300));
        return { violations, ran: globalThis.ran === true };
    });
    for (const kind of ["connect-src", "script-src-elem", "img-src"]) check(`the policy refuses ${kind}`, refused.violations.includes(kind));
    check("a script that is not the page's own does not run", !refused.ran);
    const size = readFileSync(join(root, "dist/trustlist.html")).length;
    check("the file is under 2.5 MB", size < 2_500_000, `${size} bytes`);
}

const suites = { cases, filesOfOnePhone, lists, comparisons, preflights, plans, fleets, hostile, garbage, newcomers, looks, nothingIsSent };
const chosen = process.env.WEB_TESTS?.split(",") ?? Object.keys(suites);
for (const name of chosen) {
    const [began, before] = [Date.now(), failures.length];
    try {
        await clear();
        await suites[name]();
    } catch (error) {
        failures.push(`${name}: ${error.stack ?? error}`);
    }
    console.log(`${name}: ${failures.length - before} failures, ${Math.round((Date.now() - began) / 1000)} s`);
}
await browser.close();
rmSync(work, { recursive: true, force: true });
for (const failure of failures.slice(0, 40)) console.log(`FAILED ${failure.slice(0, 1_000)}`);
console.log(`${checks} checks, ${failures.length} failures`);
process.exit(failures.length === 0 ? 0 : 1);

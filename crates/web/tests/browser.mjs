// Opens the page in Chromium over file://, as an administrator does, and gives the tests handles on it.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

export const root = join(import.meta.dirname, "../../..");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const require = createRequire(resolve(target, "web/node/package.json"));
export const { chromium } = require("playwright-core");
export const axe = require.resolve("axe-core/axe.min.js");

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

export async function open(options = {}, opens = () => {}) {
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, acceptDownloads: true, ...options });
    const page = await context.newPage();
    const log = { requests: [], errors: [], dialogs: 0 };
    context.on("request", (request) => log.requests.push(request.url()));
    page.on("pageerror", (error) => log.errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && log.errors.push(message.text()));
    page.on("dialog", (dialog) => (log.dialogs++, dialog.dismiss()));
    const address = `file://${join(root, "dist/trustlist.html")}`;
    opens();
    await page.goto(address);
    await page.waitForSelector("html[data-ready]", { timeout: 30_000 });
    return { browser, context, page, log, address };
}

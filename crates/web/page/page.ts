// The page: it hands files and questions to the worker and shows what comes back. Every decision, also which kind a file is and
// where it belongs, is made by the program. Text only ever becomes text nodes, so no name in a file can become markup.

declare const WORKER: string;
declare const PROGRAM: string;
declare const EXAMPLES: { place: PlaceName; name: string; base64: string; server?: string }[];

type PlaceName = "phone" | "server" | "tvs" | "pastes" | "plan" | "fleet";
type Status = "fine" | "undecided" | "negative" | "unusable";

interface Answer {
    status: Status;
    json: string;
    text: string;
    notes: string[];
    forms?: { name: string; body: string }[];
}

/** The program's answer about a file at a place. */
interface Recognised {
    /** The parameter that the file is for; `null` if it does not belong to the place. */
    use: string | null;
    said: string;
}

/** A file at a place. */
interface Placed {
    file: number;
    name: string;
    use: string | null;
    said: string;
    /** Of a TVS certificate: the server. */
    server: string;
    /** Of a TVS certificate: whether the server presents it or knows it. */
    role: "tvs" | "tvs_knows";
}

interface Place {
    name: PlaceName;
    title: string;
    hint: string;
    files: Placed[];
    list: HTMLUListElement;
    input: HTMLInputElement;
    /** Of these uses a place holds one file each: a new one takes the place of the old one. */
    single: boolean;
}

// --- the worker

class Engine {
    private readonly worker: Worker;
    private readonly waiting = new Map<number, { resolve(value: string | number | null): void; reject(error: Error): void }>();
    private last = 0;

    constructor() {
        this.worker = new Worker(URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" })));
        this.worker.onmessage = (event: MessageEvent<Reply>) => {
            const { id, value, error } = event.data;
            const waiting = this.waiting.get(id);
            this.waiting.delete(id);
            if (error === null) waiting?.resolve(value);
            else waiting?.reject(new Error(error));
        };
        this.worker.onerror = (event) => {
            for (const waiting of this.waiting.values()) waiting.reject(new Error(event.message));
            this.waiting.clear();
        };
    }

    call(request: Parameter): Promise<string | number | null> {
        const id = ++this.last;
        return new Promise((resolve, reject) => {
            this.waiting.set(id, { resolve, reject });
            this.worker.postMessage({ ...request, id });
        });
    }

    async ask(question: object): Promise<Answer> {
        return JSON.parse(String(await this.call({ do: "ask", question: JSON.stringify(question) })));
    }
}

type Parameter = Call extends infer R ? (R extends { id: number } ? Omit<R, "id"> : never) : never;

// --- elements

type Content = Node | string | null;

function element<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    attributes: Record<string, string> = {},
    ...content: Content[]
): HTMLElementTagNameMap[K] {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...content.filter((part) => part !== null));
    return made;
}

function byId(id: string): HTMLElement {
    const found = document.getElementById(id);
    if (found === null) throw new Error(id);
    return found;
}

function button(label: string, act: () => unknown): HTMLButtonElement {
    const made = element("button", { type: "button" }, label);
    made.addEventListener("click", () => guarded(act));
    return made;
}

function details(summary: string, ...content: Content[]): HTMLDetailsElement {
    return element("details", {}, element("summary", {}, summary), ...content);
}

/** A text that may be broken after a separator within a word (`CN=…;OU=…`), and nowhere else. */
function breakable(text: string): Content[] {
    return text.split(/(?<=[;,])(?=\S)/).flatMap((part, index) => (index === 0 ? [part] : [element("wbr"), part]));
}

const DATE = /^\d{4}-\d\d-\d\dT/;

function table(caption: string, head: string[], rows: Content[][]): HTMLElement {
    const shown = (cell: Content) => {
        if (typeof cell !== "string") return element("bdi", {}, cell ?? "");
        return element("bdi", DATE.test(cell) ? { class: "date" } : {}, ...breakable(cell));
    };
    const cells = (row: Content[]) => element("tr", {}, ...row.map((cell) => element("td", {}, shown(cell))));
    const heads = head.map((name) => element("th", { scope: "col" }, name));
    return element(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
        element(
            "table",
            {},
            element("caption", {}, caption),
            element("thead", {}, element("tr", {}, ...heads)),
            element("tbody", {}, ...rows.map(cells)),
        ),
    );
}

function download(label: string, name: string, type: string, body: string): HTMLButtonElement {
    return button(label, () => {
        const address = URL.createObjectURL(new Blob([body], { type }));
        element("a", { href: address, download: name }).click();
        setTimeout(() => URL.revokeObjectURL(address), 10_000);
    });
}

function say(text: string): void {
    byId("state").textContent = text;
}

async function guarded(act: () => unknown): Promise<void> {
    try {
        await act();
    } catch (error) {
        say(String(error));
    }
}

// --- fields

interface Field {
    name: string;
    label: string;
    hint?: string;
    kind?: "check" | "choice";
    choices?: [string, string][];
}

/** The values of the fields of a panel, by name; empty ones are left out. */
type Values = Record<string, string | boolean>;

function fields(of: Field[]): { shown: HTMLElement; values(): Values } {
    const inputs = new Map<string, HTMLInputElement | HTMLSelectElement>();
    const shown = element("div", { class: "fields" });
    for (const field of of) {
        let input: HTMLInputElement | HTMLSelectElement;
        if (field.kind === "choice") {
            input = element("select", {}, ...(field.choices ?? []).map(([value, label]) => element("option", { value }, label)));
        } else {
            const type = field.kind === "check" ? "checkbox" : "text";
            input = element("input", { type, autocomplete: "off", spellcheck: "false", placeholder: field.hint === undefined ? "" : `for example ${field.hint}` });
        }
        input.dataset.field = field.name;
        inputs.set(field.name, input);
        const label = field.kind === "check" ? [input, " ", field.label] : [field.label, input];
        shown.append(element("label", {}, ...label));
    }
    const values = () => {
        const all: Values = {};
        for (const [name, input] of inputs) {
            if (input instanceof HTMLInputElement && input.type === "checkbox") {
                if (input.checked) all[name] = true;
            } else if (input.value.trim() !== "") all[name] = input.value.trim();
        }
        return all;
    };
    return { shown, values };
}

// --- places

const engine = new Engine();
const places = new Map<PlaceName, Place>();
let most = 0;
let pasted = 0;

function makePlace(name: PlaceName, title: string, hint: string, single: boolean): HTMLElement {
    const list = element("ul", { "aria-label": `Files: ${title}` });
    const input = element("input", { type: "file", multiple: "", "aria-label": `Choose files: ${title}` });
    input.dataset.place = name;
    input.addEventListener("change", () =>
        guarded(async () => {
            // Emptied at once: emptied later, it would take files along that were chosen meanwhile.
            const files = [...(input.files ?? [])];
            input.value = "";
            await take(name, files);
        }),
    );
    const area = element("textarea", { "aria-label": `Paste text: ${title}`, spellcheck: "false" });
    const paste = button("Add the text", async () => {
        if (area.value.trim() === "") {
            say("Nothing is pasted yet.");
            area.focus();
            return;
        }
        await add(name, `paste ${++pasted}.txt`, new TextEncoder().encode(area.value));
        area.value = "";
    });
    const shown = element(
        "section",
        { class: "place", "aria-label": title },
        element("h3", {}, title),
        element("p", {}, hint),
        input,
        details("Paste text instead", area, paste),
        list,
    );
    shown.dataset.place = name;
    shown.addEventListener("dragover", (event) => {
        event.preventDefault();
        shown.classList.add("over");
    });
    shown.addEventListener("dragleave", () => shown.classList.remove("over"));
    shown.addEventListener("drop", (event) => {
        event.preventDefault();
        shown.classList.remove("over");
        void guarded(() => take(name, [...(event.dataTransfer?.files ?? [])]));
    });
    places.set(name, { name, title, hint, files: [], list, input, single });
    return shown;
}

async function take(name: PlaceName, files: File[]): Promise<void> {
    // The program says how much of a file it reads; of a longer one no more is read than shows that it is longer.
    for (const file of files) await add(name, file.name, new Uint8Array(await file.slice(0, most).arrayBuffer()));
}

async function add(name: PlaceName, fileName: string, bytes: Uint8Array, server = ""): Promise<void> {
    const place = places.get(name);
    if (place === undefined) return;
    const file = Number(await engine.call({ do: "add", name: fileName, bytes }));
    const answer = await engine.ask({ ask: "recognise", file, place: name });
    const { use, said }: Recognised = JSON.parse(answer.json);
    if (use === "tvs_knows" || use === "tvs") place.files.push({ file, name: fileName, use, said, server, role: use });
    else {
        if (place.single || use === "inventory") {
            for (const old of place.files.filter((old) => old.use === use || old.use === null)) await drop(place, old);
        }
        place.files.push({ file, name: fileName, use, said, server, role: "tvs" });
    }
    show(place);
    say(said);
}

async function drop(place: Place, old: Placed): Promise<void> {
    place.files = place.files.filter((placed) => placed !== old);
    await engine.call({ do: "remove", file: old.file });
}

function show(place: Place): void {
    outdate(RESTS_ON[place.name]);
    place.list.replaceChildren(
        ...place.files.map((placed) => {
            const remove = button("Remove", async () => {
                await drop(place, placed);
                show(place);
                say(`${placed.name} is removed.`);
                // The button is gone: the keyboard goes on at the same place.
                place.input.focus();
            });
            remove.setAttribute("aria-label", `Remove ${placed.name}`);
            const item = element("li", placed.use === null ? { class: "wrong" } : {}, element("bdi", {}, placed.said), " ");
            if (place === places.get("tvs") && placed.use !== null) item.append(...ofTvs(placed));
            item.append(remove);
            return item;
        }),
    );
}

/** Which server presents a certificate, or knows it. */
function ofTvs(placed: Placed): (Node | string)[] {
    const server = element("input", { type: "text", "aria-label": `TVS server of ${placed.name}`, placeholder: "server, for example ccm1" });
    server.value = placed.server;
    server.addEventListener("input", () => {
        placed.server = server.value;
        outdate(RESTS_ON.tvs);
    });
    const role = element("select", { "aria-label": `Role of ${placed.name}` });
    const roles: [Placed["role"], string][] = [
        ["tvs", "it presents this"],
        ["tvs_knows", "it knows this (no name: all do)"],
    ];
    for (const [value, label] of roles) role.append(element("option", { value }, label));
    role.value = placed.role;
    role.addEventListener("change", () => {
        placed.role = role.value as Placed["role"];
        outdate(RESTS_ON.tvs);
    });
    return [server, " ", role, " "];
}

function used(name: PlaceName): Placed[] {
    return places.get(name)?.files.filter((placed) => placed.use !== null) ?? [];
}

/** Lists and configurations, without a case in their place. */
function onDevices(): Placed[] {
    return [...used("phone"), ...used("server")].filter((placed) => placed.use !== "case");
}

/** The files about the phone and the servers, by the names of the questions. */
function given(): Record<string, unknown> {
    const question: Record<string, unknown> = {};
    for (const placed of onDevices()) if (placed.use !== null) question[placed.use] = placed.file;
    for (const role of ["tvs", "tvs_knows"] as const) {
        const files = used("tvs").filter((placed) => placed.role === role);
        question[role] = files.map((placed) => ({ server: placed.server, file: placed.file }));
    }
    return question;
}

// --- answers

function form(answer: Answer, name: string): string | null {
    return answer.forms?.find((form) => form.name === name)?.body ?? null;
}

/** Forms of one name, of which an answer about several prints has one each. */
function forms(answer: Answer, name: string): string[] {
    return answer.forms?.filter((form) => form.name === name).map((form) => form.body) ?? [];
}

function lines(text: string | null): string[] {
    return (text ?? "").split("\n").filter((line) => line !== "");
}

function notes(answer: Answer): Content[] {
    return answer.notes.map((note) => element("p", answer.status === "unusable" ? { class: "wrong" } : {}, element("bdi", {}, note)));
}

/** The answer in one line. */
function verdict(answer: Answer): Content {
    const line = form(answer, "verdict");
    return line === null ? null : element("p", { class: `verdict ${answer.status}` }, line);
}

/** The document, to be read and to be kept. */
function documents(answer: Answer, name: string): Content[] {
    return [
        details("JSON", element("pre", { class: "json", tabindex: "0" }, answer.json)),
        download("Download JSON", `${name}.json`, "application/json", answer.json),
    ];
}

/** The width at which the program wraps its paragraphs. */
const WRAPPED = 100;

/** Sentences without the line breaks of a terminal: each paragraph is as wide as the page. A line goes on in the next one if the first
 * word of that did not fit. */
function flowing(text: string): HTMLElement {
    const shown = element("div", { class: "text", tabindex: "0" });
    let paragraph = "";
    let last = "";
    const end = () => {
        if (paragraph === "") return;
        const part = element("div", {}, `${paragraph.trimStart()}\n`);
        part.style.paddingLeft = `min(${paragraph.length - paragraph.trimStart().length}ch, 10vw)`;
        shown.append(part);
        paragraph = "";
    };
    for (const line of text.split("\n")) {
        const word = /^ *((?:\(serial )?\S*)/.exec(line)?.[1] ?? "";
        const goesOn = line.startsWith(" ") && !/^ *(- |now serial )/.test(line) && last.length + 1 + word.length > WRAPPED;
        if (goesOn && paragraph !== "") paragraph += ` ${line.trim()}`;
        else {
            end();
            if (line === "") shown.append(element("div", { class: "gap" }, "\n"));
            else paragraph = line;
        }
        last = line;
    }
    end();
    return shown;
}

function sentences(answer: Answer, wide = false): Content {
    const attributes: Record<string, string> = { class: wide ? "text wide" : "text", tabindex: "0" };
    return answer.text === "" ? null : element("pre", attributes, answer.text);
}

function items(title: string, of: string[]): Content[] {
    if (of.length === 0) return [];
    return [element("h3", {}, title), element("ul", {}, ...of.map((item) => element("li", {}, element("bdi", {}, item))))];
}

/** An answer that has nothing but sentences and a document. */
function plain(answer: Answer, name: string, wide = false): Content[] {
    return [...notes(answer), sentences(answer, wide), ...documents(answer, name)];
}

// --- one phone

interface FileAnswer {
    outcome: string;
    decisive: string | null;
    phone_shows: string | null;
    remedies: string[];
}

interface PredictionDocument {
    ctl?: FileAnswer;
    itl?: FileAnswer;
    config?: FileAnswer | null;
    would_change?: { file: string; facts: string[]; outcome: string }[];
}

/** The words of the document, as the sentences have them. */
const OUTCOMES: Record<string, string> = {
    accept: "accepted",
    depends: "UNDECIDED",
    "install-first": "installed as the first list",
    "not-applicable": "not asked for",
    "not-offered": "not offered",
    reject: "REFUSED",
    unchanged: "unchanged",
};

const FILES: Record<string, string> = { ctl: "CTL", itl: "ITL", config: "Configuration" };

function prediction(answer: Answer): Content[] {
    if (answer.status === "unusable") return plain(answer, "prediction");
    const parsed: PredictionDocument = JSON.parse(answer.json);
    const files = ([["CTL", parsed.ctl], ["ITL", parsed.itl], ["Configuration", parsed.config]] as const).filter(
        (pair): pair is [typeof pair[0], FileAnswer] => pair[1] !== undefined && pair[1] !== null,
    );
    const remedies = [...new Set(files.flatMap(([, file]) => file.remedies))];
    const changes = parsed.would_change ?? [];
    return [
        verdict(answer),
        ...notes(answer),
        table(
            "Outcome of each file",
            ["File", "Outcome", "Decided by", "The phone shows"],
            files.map(([name, file]) => [name, OUTCOMES[file.outcome] ?? file.outcome, file.decisive, file.phone_shows]),
        ),
        element("h3", {}, "Why"),
        flowing(form(answer, "reason") ?? ""),
        ...items("What to do", remedies),
        changes.length === 0
            ? null
            : table(
                  "Facts that would change the answer",
                  ["File", "If", "Outcome"],
                  changes.map(({ file, facts, outcome }) => [FILES[file] ?? file, facts.join(", and "), OUTCOMES[outcome] ?? outcome]),
              ),
        ...items("Assumed", lines(form(answer, "assumed"))),
        details("Every step of the phone, with its rule and confidence", element("pre", { tabindex: "0" }, form(answer, "explained") ?? "")),
        ...documents(answer, "prediction"),
    ];
}

const PHONE: Field[] = [
    { name: "model", label: "Model of the phone", hint: "8851" },
    { name: "cm_group", label: "CallManager group, in order", hint: "ccm1,ccm2" },
    { name: "tftp_server", label: "TFTP server of the phone", hint: "ccm1" },
    { name: "tvs_down", label: "TVS servers that do not answer", hint: "ccm2,ccm3" },
    { name: "tls_minimum", label: "Minimum TLS version of the cluster", kind: "choice", choices: options(["1.0", "1.1", "1.2", "1.3"]) },
    { name: "at", label: "Date", hint: "2026-01-31" },
    { name: "tvs_none", label: "No TVS server answers", kind: "check" },
    { name: "factory_fresh", label: "The phone has no list yet (new, or its lists deleted)", kind: "check" },
    { name: "no_config", label: "The server has no signed configuration", kind: "check" },
    { name: "fips", label: "The phone runs in FIPS mode", kind: "check" },
];

/** Choices of words; the first means that the fact is not known. */
function options(words: string[], none = "not known"): [string, string][] {
    return [["", none], ...words.map((word): [string, string] => [word, word])];
}

// --- lists

interface RecordDocument {
    index: number;
    role: string;
    server: string | null;
    subject: string | null;
    serial: string | null;
    key: string | null;
    not_before: string | null;
    not_after: string | null;
    signed_this_file: boolean | null;
}

interface ListDocument {
    kind?: string;
    size?: number | null;
    header?: { signer: string | null; serial: string | null; digest: string | null; timestamp: string | null };
    records?: RecordDocument[];
    files?: ListDocument[];
}

/** The roles of a record, as the format names them, in words. */
const ROLES: Record<string, string> = {
    SAST: "signs lists (SAST)",
    CCM: "CallManager (CCM)",
    "CCM+TFTP": "CallManager and TFTP (CCM+TFTP)",
    TFTP: "TFTP",
    TVS: "Trust Verification Service (TVS)",
    CAPF: "issues the certificates of phones (CAPF)",
};

const KINDS: Record<string, string> = { itl: "ITL", ctl: "CTL", list: "trust list", "signed-file": "signed file" };

/** The tables of a list. The outcome of its signature is a sentence of the program: the reason in the document may name an option. */
function listTables(name: string, list: ListDocument, signatures: string[]): Content[] {
    if (list.files !== undefined) return list.files.flatMap((part, index) => listTables(name, part, signatures.slice(index)));
    if (list.header === undefined) return [];
    const { header, records = [] } = list;
    const rows: Content[][] = [
        ["Kind", KINDS[list.kind ?? ""] ?? list.kind ?? null],
        ["Signer", header.signer],
        ["Serial number of the signer", header.serial],
        ["Digest", header.digest],
        ["Made", header.timestamp],
        ["Signature", signatures[0] ?? null],
    ];
    return [
        table(`${name}: header`, ["Field", "Value"], rows),
        list.kind === "signed-file" ? null : table(
            `${name}: ${records.length} records`,
            ["No.", "Role", "Server", "Subject", "Serial number", "Key", "From", "Until", "Signer"],
            records.map((record) => [
                String(record.index),
                ROLES[record.role] ?? record.role,
                record.server,
                record.subject,
                record.serial,
                record.key,
                record.not_before,
                record.not_after,
                record.signed_this_file === true ? "yes" : "",
            ]),
        ),
    ];
}

function recordsOf(list: ListDocument): RecordDocument[] {
    return list.files?.flatMap(recordsOf) ?? list.records ?? [];
}

/** Every certificate of all lists once, the earliest end first. */
function calendar(lists: [string, ListDocument][]): Content {
    const ends = new Map<string, [string, string, string]>();
    for (const [name, list] of lists) {
        for (const { subject, serial, not_after } of recordsOf(list)) {
            if (not_after === null) continue;
            const key = `${not_after} ${serial} ${subject}`;
            const before = ends.get(key);
            if (before === undefined) ends.set(key, [not_after, subject ?? "", name]);
            else if (!before[2].split(", ").includes(name)) before[2] += `, ${name}`;
        }
    }
    const rows = [...ends.values()].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
    return rows.length === 0 ? null : table("Expiry calendar", ["Ends", "Certificate", "In"], rows);
}

async function lists(values: Values): Promise<Content[]> {
    if (onDevices().length === 0) throw new Error("No list was given: put one at \u201cOn the phone\u201d or at \u201cOn the TFTP server\u201d.");
    const parts: Content[] = [];
    const all: [string, ListDocument][] = [];
    const signers = ["offered_itl", "offered_ctl"].map((use) => used("server").find((placed) => placed.use === use));
    const signer = signers.find((placed) => placed !== undefined);
    for (const placed of onDevices()) {
        const answer = await engine.ask({ ask: "show", file: placed.file });
        const question = { ask: "verify", file: placed.file, ...(signer === undefined ? {} : { with: signer.file }) };
        const verified = placed.use === "offered_config" ? await engine.ask(question) : null;
        parts.push(element("h3", {}, element("bdi", {}, placed.name)));
        if (answer.status !== "unusable") {
            const list: ListDocument = JSON.parse(answer.json);
            all.push([placed.name, list]);
            parts.push(...listTables(placed.name, list, forms(verified ?? answer, "signature")));
        }
        if (verified !== null) parts.push(flowing(verified.text));
        else {
            const lint = await engine.ask({ ask: "lint", file: placed.file, ...values });
            parts.push(...notes(lint), lint.text === "" ? null : flowing(lint.text));
        }
        parts.push(details("The same as text", sentences(answer)), ...documents(answer, "list"));
    }
    return [calendar(all), ...parts];
}

// --- comparison

interface DiffDocument {
    renewed?: { old: CertificateDocument; new: CertificateDocument }[];
    added?: CertificateDocument[];
    removed?: CertificateDocument[];
}

interface CertificateDocument {
    roles: string[];
    subject: string | null;
    serial: string | null;
    not_after: string | null;
}

async function compared(): Promise<Content[]> {
    const parts: Content[] = [];
    for (const kind of ["itl", "ctl"]) {
        const old = used("phone").find((placed) => placed.use === `installed_${kind}`);
        const now = used("server").find((placed) => placed.use === `offered_${kind}`);
        if (old === undefined || now === undefined) continue;
        const answer = await engine.ask({ ask: "diff", old: old.file, new: now.file });
        parts.push(element("h3", {}, kind.toUpperCase()), ...notes(answer), flowing(answer.text));
        if (answer.status !== "unusable") {
            const { renewed = [], added = [], removed = [] }: DiffDocument = JSON.parse(answer.json);
            const row = (what: string, one: CertificateDocument | null, other: CertificateDocument | null) => {
                const told = one ?? other;
                return [what, told?.roles.join(" ") ?? null, told?.subject ?? null, one?.serial ?? null, other?.serial ?? null, other?.not_after ?? null];
            };
            const rows = [
                ...renewed.map((pair) => row("regenerated", pair.old, pair.new)),
                ...added.map((certificate) => row("added", null, certificate)),
                ...removed.map((certificate) => row("removed", certificate, null)),
            ];
            const heads = ["Change", "Roles", "Subject", "Serial number before", "Serial number now", "Until"];
            if (rows.length > 0) parts.push(table(`${kind.toUpperCase()}: ${rows.length} changes`, heads, rows));
        }
        parts.push(...documents(answer, `diff-${kind}`));
    }
    if (parts.length === 0) {
        throw new Error("Nothing to compare: put the ITLs, or the CTLs, both at \u201cOn the phone\u201d and at \u201cOn the TFTP server\u201d.");
    }
    return parts;
}

// --- preflight

interface PreflightDocument {
    checks?: { check: string; name: string; verdict: string; code: string; evidence: { file: string; line: number } | null }[];
}

async function preflight({ publisher: _publisher, ...values }: Values): Promise<Content[]> {
    const files = used("pastes").map((placed) => placed.file);
    const answer = await engine.ask({ ask: "preflight", files, today: Math.floor(Date.now() / 1000), ...values });
    const { checks = [] }: PreflightDocument = JSON.parse(answer.json);
    return [
        verdict(answer),
        ...notes(answer),
        checks.length === 0
            ? null
            : table(
                  "Checks",
                  ["Check", "What is checked", "Verdict", "Why", "Where"],
                  checks.map(({ check, name, verdict, code, evidence }) => [
                      check,
                      name,
                      verdict,
                      code,
                      evidence === null ? null : `${evidence.file}, line ${evidence.line}`,
                  ]),
              ),
        sentences(answer, true),
        ...documents(answer, "preflight"),
    ];
}

// --- plans

function planFile(): number {
    const placed = used("plan")[0];
    if (placed === undefined) throw new Error("No plan was given: expected a scenario or a cluster.");
    return placed.file;
}

async function simulated({ policy, assume }: Values): Promise<Content[]> {
    const answer = await engine.ask({ ask: "simulate", file: planFile(), policy: policy ?? "", assume: assume ?? "" });
    const svg = form(answer, "svg");
    const html = form(answer, "html");
    const parts: Content[] = [verdict(answer), ...notes(answer)];
    if (svg !== null) {
        const picture = element("img", { alt: "Timeline of the plan; the text below says the same." });
        picture.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
        parts.push(element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Timeline" }, picture));
        parts.push(download("Download the picture", "timeline.svg", "image/svg+xml", svg));
    }
    if (html !== null) parts.push(download("Download the report", "timeline.html", "text/html", html));
    return [...parts, sentences(answer, true), ...documents(answer, "simulation")];
}

async function planLinted(): Promise<Content[]> {
    return plain(await engine.ask({ ask: "plan-lint", file: planFile() }), "plan-lint");
}

async function recovered(): Promise<Content[]> {
    const answer = await engine.ask({ ask: "plan-recover", file: planFile() });
    const csv = form(answer, "csv");
    return [csv === null ? null : download("Download the locked phones as CSV", "locked.csv", "text/csv", csv), ...plain(answer, "plan-recovery")];
}

async function deletionForecast(): Promise<Content[]> {
    return plain(await engine.ask({ ask: "deletion-predict", file: planFile() }), "deletion-forecast");
}

/** A cluster file from the pastes, for the place of plans. */
async function clusterMade({ mode = "", version = "", publisher = "" }: Values): Promise<Content[]> {
    const files = used("pastes").map((placed) => placed.file);
    if (files.length === 0) throw new Error("No paste was given: expected show itl of each TFTP node, and utils service list.");
    const answer = await engine.ask({ ask: "plan-init", files, mode, version, publisher });
    return plain(answer, "cluster");
}

/** A run book is the same wherever it is written. */
const COMMANDS =
    "The commands of the run book that begin with `trustlist` are for the command line. On this page, \u201cCheck the pastes\u201d does the same as " +
    "`trustlist preflight`, \u201cPredict\u201d as `trustlist predict`, and \u201cShow the lists\u201d as `trustlist show`.";

async function planWritten(values: Values): Promise<Content[]> {
    const { policy: _policy, assume: _assume, ...rest } = values;
    const answer = await engine.ask({ ask: "plan-generate", file: planFile(), renew: "", ...rest });
    const ticket = form(answer, "ticket");
    const book = answer.status === "fine" ? download("Download the run book", "RUNBOOK.md", "text/markdown", answer.text) : null;
    return [
        ...(book === null ? [] : [book, element("p", {}, COMMANDS)]),
        ticket === null ? null : download("Download the text for a change ticket", "ticket.txt", "text/plain", ticket),
        ...plain(answer, "plan"),
    ];
}

// --- fleet

async function fleet(values: Values): Promise<Content[]> {
    const inventory = used("fleet").find((placed) => placed.use === "inventory");
    if (inventory === undefined) throw new Error("No inventory was given: expected CSV with the column device.");
    const { installed_itl, installed_ctl, ...offered } = given();
    const known = used("fleet").filter((placed) => placed.use === "known").map((placed) => placed.file);
    for (const file of [installed_itl, installed_ctl]) if (typeof file === "number") known.push(file);
    const answer = await engine.ask({ ask: "fleet", inventory: inventory.file, known, ...offered, ...values });
    const csv = form(answer, "csv");
    const html = form(answer, "html");
    return [
        verdict(answer),
        csv === null ? null : download("Download the inventory with the answers", "answers.csv", "text/csv", csv),
        html === null ? null : download("Download the summary as a page", "fleet.html", "text/html", html),
        ...plain(answer, "fleet", true),
    ];
}

/** The policies of the simulation, in its words. */
const POLICIES: [string, string][] = [
    ["", "those of the file"],
    ["all", "all four"],
    ["A", "A: lists rebuilt on change, phones reset by themselves"],
    ["B", "B: lists rebuilt on change, phones reset only by the plan"],
    ["C", "C: lists rebuilt only when TFTP starts, phones reset only by the plan"],
    ["D", "D: as C, and TVS reads its store only when it starts"],
];

// --- views

interface View {
    name: string;
    title: string;
    make(panel: HTMLElement): void;
}

type Act = [label: string, ask: (values: Values) => Promise<Content[]>];

/** The places of the answers, by view. */
const results = new Map<string, HTMLElement>();

/** The views whose answers rest on the files of a place. */
const RESTS_ON: Record<PlaceName, string[]> = {
    phone: ["predict", "lists", "compare", "fleet"],
    server: ["predict", "lists", "compare", "fleet"],
    tvs: ["predict", "fleet"],
    pastes: ["preflight"],
    plan: ["plan"],
    fleet: ["fleet"],
};

/** Marks answers that were given before a file or a field changed. */
function outdate(views: string[]): void {
    for (const view of views) {
        const result = results.get(view);
        if (result === undefined || result.firstChild === null || result.querySelector(".old") !== null) continue;
        result.prepend(element("p", { class: "old" }, "The files or the fields were changed after this answer: ask again."));
    }
}

/** A panel with fields, buttons and the place of the answer. */
function asking(panel: HTMLElement, of: Field[], ...acts: Act[]): void {
    const view = panel.dataset.view ?? "";
    const { shown, values } = fields(of);
    const result = element("div", { class: "result" });
    results.set(view, result);
    panel.append(shown);
    for (const [label, ask] of acts) {
        const go = button(label, async () => {
            say("Working…");
            try {
                result.replaceChildren(...(await ask(values())).filter((part) => part !== null));
                result.querySelector(".verdict")?.scrollIntoView({ block: "nearest" });
                const wrong = result.querySelector(":scope > .wrong")?.textContent;
                say(result.querySelector(".verdict")?.textContent ?? (wrong === undefined ? "Done." : `Not done: ${wrong}`));
            } catch (error) {
                const wrong = error instanceof Error ? error.message : String(error);
                result.replaceChildren(element("p", { class: "wrong" }, wrong));
                say(`Not done: ${wrong}`);
            }
        });
        go.className = "go";
        panel.append(go, " ");
    }
    shown.addEventListener("input", () => outdate([view]));
    // Return asks, as in any form. A choice opens with it.
    shown.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && event.target instanceof HTMLInputElement) panel.querySelector<HTMLButtonElement>(".go")?.click();
    });
    panel.append(result);
}

const VIEWS: View[] = [
    {
        name: "predict",
        title: "One phone",
        make: (panel) =>
            asking(panel, PHONE, [
                "Predict",
                async (values) => {
                    // A case says all of it itself.
                    const said = used("phone").find((placed) => placed.use === "case");
                    const question = said === undefined ? { ask: "predict", ...given(), ...values } : { ask: "predict-case", file: said.file };
                    return prediction(await engine.ask(question));
                },
            ]),
    },
    {
        name: "lists",
        title: "Lists",
        make: (panel) =>
            asking(
                panel,
                [
                    { name: "at", label: "Date for expired certificates", hint: "2026-01-31" },
                    { name: "within", label: "Find certificates that end within this many days", hint: "90" },
                    { name: "cucm", label: "CUCM version", hint: "12.5" },
                ],
                ["Show the lists", lists],
            ),
    },
    { name: "compare", title: "Compare", make: (panel) => asking(panel, [], ["Compare phone and server", compared]) },
    {
        name: "preflight",
        title: "Preflight",
        make: (panel) =>
            asking(
                panel,
                [
                    { name: "mode", label: "Security mode", kind: "choice", choices: options(["mixed", "non-secure"]) },
                    { name: "tftp_nodes", label: "Nodes that run TFTP", hint: "ccm1,ccm2" },
                    { name: "version", label: "CUCM version", hint: "12.5" },
                    { name: "at", label: "Date", hint: "2026-01-31" },
                    { name: "confirm", label: "Checks done by hand, with a good result", hint: "F-3,F-4" },
                    { name: "publisher", label: "Cluster file: the publisher", hint: "ccm1" },
                ],
                ["Check the pastes", preflight],
                ["Make a cluster file", clusterMade],
            ),
    },
    {
        name: "plan",
        title: "Plan",
        make: (panel) => {
            panel.append(makePlace("plan", "Plan", "A scenario (cluster and plan) or a cluster, in JSON.", true));
            asking(
                panel,
                [
                    { name: "policy", label: "Simulate: policy", kind: "choice", choices: POLICIES },
                    { name: "assume", label: "Simulate: missing facts", kind: "choice", choices: options(["pessimistic", "optimistic"], "the likelier side") },
                    { name: "renew", label: "Safe plan: certificates to regenerate", hint: "CallManager,TVS" },
                    { name: "window", label: "Safe plan: minutes of a maintenance window", hint: "120" },
                    { name: "batch", label: "Safe plan: phones reset at once", hint: "200" },
                    { name: "order", label: "Safe plan: order", kind: "choice", choices: options(["guide"], "procedure") },
                    { name: "delete_old_trust", label: "Safe plan: delete the old trust certificates at the end", kind: "check" },
                ],
                ["Simulate", simulated],
                ["Check the plan", planLinted],
                ["Write a safe plan", planWritten],
                ["Phones that stay locked", recovered],
                ["Will deleted certificates come back?", deletionForecast],
            );
        },
    },
    {
        name: "fleet",
        title: "Fleet",
        make: (panel) => {
            const hint = "CSV with the columns device, model, itl, ctl, cm_group, tftp_server, and the lists that its rows name.";
            panel.append(makePlace("fleet", "Inventory", hint, false));
            asking(panel, PHONE, ["Predict for all phones", fleet]);
        },
    },
];

function makeViews(): void {
    const tabs = byId("views");
    const panels = byId("panels");
    const made = VIEWS.map((view) => {
        const tab = element("button", { type: "button", role: "tab", id: `tab-${view.name}`, "aria-controls": `view-${view.name}` }, view.title);
        const panel = element("div", { role: "tabpanel", id: `view-${view.name}`, "aria-labelledby": `tab-${view.name}` });
        panel.dataset.view = view.name;
        view.make(panel);
        tabs.append(tab);
        panels.append(panel);
        return { tab, panel };
    });
    const choose = (index: number) => {
        made.forEach(({ tab, panel }, other) => {
            tab.setAttribute("aria-selected", String(other === index));
            tab.tabIndex = other === index ? 0 : -1;
            panel.hidden = other !== index;
        });
    };
    made.forEach(({ tab }, index) => {
        tab.addEventListener("click", () => {
            choose(index);
            // The line at the top was about another view.
            say("");
        });
        tab.addEventListener("keydown", (event) => {
            const keys: Record<string, number> = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 };
            const place = keys[event.key];
            if (place === undefined) return;
            event.preventDefault();
            const next = (place + made.length) % made.length;
            choose(next);
            say("");
            made[next]?.tab.focus();
        });
    });
    choose(0);
}

function bytes(base64: string): Uint8Array {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Empties every place. */
async function clear(): Promise<void> {
    for (const place of places.values()) {
        for (const old of [...place.files]) await drop(place, old);
        show(place);
    }
}

async function example(): Promise<void> {
    await clear();
    for (const { place, name, base64, server } of EXAMPLES) await add(place, name, bytes(base64), server);
    const phone: Record<string, string> = { model: "8851", cm_group: "ccm1,ccm2" };
    for (const field of document.querySelectorAll<HTMLInputElement | HTMLSelectElement>("#view-predict [data-field]")) {
        field.value = phone[field.dataset.field ?? ""] ?? "";
        if (field instanceof HTMLInputElement) field.checked = false;
    }
    byId("tab-predict").click();
    document.querySelector<HTMLButtonElement>("#view-predict .go")?.click();
}

async function start(): Promise<void> {
    byId("places").append(
        makePlace("phone", "On the phone", "The ITL and CTL that the phone has.", true),
        makePlace("server", "On the TFTP server", "The ITL, the CTL and the signed configuration that it offers.", true),
        makePlace("tvs", "TVS certificates", "Certificates that TVS servers present, and lists or certificates that they know.", false),
        makePlace("pastes", "Pastes for the preflight", "Output of CUCM commands, in any order.", false),
    );
    makeViews();
    // A file that misses its place must not open in the place of this page.
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
        const missed = !event.defaultPrevented;
        event.preventDefault();
        if (missed) say("Not taken: drop files on one of the places, such as \u201cOn the phone\u201d.");
    });
    byId("example").addEventListener("click", () => guarded(example));
    byId("clear").addEventListener("click", () =>
        guarded(async () => {
            await clear();
            for (const result of results.values()) result.replaceChildren();
            say("All files are removed from this page.");
        }),
    );
    await engine.call({ do: "start", program: PROGRAM });
    most = Number(await engine.call({ do: "most" }));
    say("Ready.");
    document.documentElement.dataset.ready = "";
}

void guarded(start);

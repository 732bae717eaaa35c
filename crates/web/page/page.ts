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

/** What the program says about a file at a place. */
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
    title: string;
    hint: string;
    files: Placed[];
    list: HTMLUListElement;
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

function table(caption: string, head: string[], rows: Content[][]): HTMLElement {
    const cells = (row: Content[]) => element("tr", {}, ...row.map((cell) => element("td", {}, element("bdi", {}, cell ?? ""))));
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

/** What stands in the fields of a panel, by name; empty ones are left out. */
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
            input = element("input", { type, autocomplete: "off", spellcheck: "false", placeholder: field.hint ?? "" });
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
            await take(name, [...(input.files ?? [])]);
            input.value = "";
        }),
    );
    const area = element("textarea", { "aria-label": `Paste text: ${title}`, spellcheck: "false" });
    const paste = button("Add the text", async () => {
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
    places.set(name, { title, hint, files: [], list, single });
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
        if (place.single) {
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
    place.list.replaceChildren(
        ...place.files.map((placed) => {
            const remove = button("Remove", async () => {
                await drop(place, placed);
                show(place);
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
    const server = element("input", { type: "text", "aria-label": `TVS server of ${placed.name}`, placeholder: "server" });
    server.value = placed.server;
    server.addEventListener("input", () => (placed.server = server.value));
    const role = element("select", { "aria-label": `Role of ${placed.name}` });
    const roles: [Placed["role"], string][] = [
        ["tvs", "is what this server presents"],
        ["tvs_knows", "is known to this server (no name: to all)"],
    ];
    for (const [value, label] of roles) role.append(element("option", { value }, label));
    role.value = placed.role;
    role.addEventListener("change", () => (placed.role = role.value as Placed["role"]));
    return [server, " ", role, " "];
}

function used(name: PlaceName): Placed[] {
    return places.get(name)?.files.filter((placed) => placed.use !== null) ?? [];
}

/** The files that say something about the phone and the servers, as the questions name them. */
function given(): Record<string, unknown> {
    const question: Record<string, unknown> = {};
    for (const placed of [...used("phone"), ...used("server")]) if (placed.use !== null) question[placed.use] = placed.file;
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

function notes(answer: Answer): Content[] {
    return answer.notes.map((note) => element("p", answer.status === "unusable" ? { class: "wrong" } : {}, element("bdi", {}, note)));
}

/** An answer in its sentences, with its document. */
function shownAnswer(answer: Answer, name: string): Content[] {
    const verdict = form(answer, "verdict");
    const explained = form(answer, "explained");
    return [
        verdict === null ? null : element("p", { class: `verdict ${answer.status}` }, verdict),
        ...notes(answer),
        answer.text === "" ? null : element("pre", { class: "text" }, answer.text),
        explained === null ? null : details("Every step, what would change the answer, and how sure this is", element("pre", {}, explained)),
        details("JSON", element("pre", { class: "json" }, answer.json)),
        download("Download JSON", `${name}.json`, "application/json", answer.json),
    ];
}

interface View {
    name: string;
    title: string;
    make(panel: HTMLElement): void;
}

/** A panel with fields, one button and the place of the answer. */
function asking(panel: HTMLElement, label: string, of: Field[], ask: (values: Values) => Promise<Content[]>): void {
    const { shown, values } = fields(of);
    const result = element("div", { class: "result", "aria-live": "polite" });
    const go = button(label, async () => {
        say("Working…");
        result.replaceChildren(...(await ask(values())).filter((part) => part !== null));
        say("Done.");
    });
    go.className = "go";
    panel.append(shown, go, result);
}

const PREDICT: Field[] = [
    { name: "model", label: "Model of the phone", hint: "8851" },
    { name: "cm_group", label: "CallManager group, in order", hint: "ccm1,ccm2" },
    { name: "tftp_server", label: "TFTP server of the phone", hint: "ccm1" },
    { name: "tvs_down", label: "TVS servers that do not answer", hint: "ccm2,ccm3" },
    { name: "tls_minimum", label: "Minimum TLS version of the cluster", hint: "1.2" },
    { name: "at", label: "Date of the judgement", hint: "2026-01-31" },
    { name: "tvs_none", label: "No TVS server answers", kind: "check" },
    { name: "factory_fresh", label: "The phone holds neither list", kind: "check" },
    { name: "no_config", label: "The server has no signed configuration", kind: "check" },
    { name: "fips", label: "The phone runs in FIPS mode", kind: "check" },
];

const VIEWS: View[] = [
    {
        name: "predict",
        title: "One phone",
        make: (panel) =>
            asking(panel, "Predict", PREDICT, async (values) =>
                shownAnswer(await engine.ask({ ask: "predict", ...given(), ...values }), "prediction"),
            ),
    },
    {
        name: "lists",
        title: "Lists",
        make: (panel) =>
            asking(panel, "Show the lists", [], async () => {
                const parts: Content[] = [];
                for (const placed of [...used("phone"), ...used("server")]) {
                    const answer = await engine.ask({ ask: "show", file: placed.file });
                    parts.push(element("h3", {}, element("bdi", {}, placed.name)), ...shownAnswer(answer, "list"));
                }
                return parts.length > 0 ? parts : [element("p", {}, "No list was given.")];
            }),
    },
];

function makeViews(): void {
    const tabs = byId("views");
    const panels = byId("panels");
    const made = VIEWS.map((view) => {
        const tab = element("button", { type: "button", role: "tab", id: `tab-${view.name}`, "aria-controls": `view-${view.name}` }, view.title);
        const panel = element("div", { role: "tabpanel", id: `view-${view.name}`, "aria-labelledby": `tab-${view.name}` });
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
        tab.addEventListener("click", () => choose(index));
        tab.addEventListener("keydown", (event) => {
            const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
            if (step === 0) return;
            const next = (index + step + made.length) % made.length;
            choose(next);
            made[next]?.tab.focus();
        });
    });
    choose(0);
}

function bytes(base64: string): Uint8Array {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

async function example(): Promise<void> {
    for (const place of places.values()) {
        for (const old of [...place.files]) await drop(place, old);
        show(place);
    }
    for (const { place, name, base64, server } of EXAMPLES) await add(place, name, bytes(base64), server);
    const set = (name: string, value: string) => {
        const input = document.querySelector<HTMLInputElement>(`#view-predict [data-field="${name}"]`);
        if (input !== null) input.value = value;
    };
    set("model", "8851");
    set("cm_group", "ccm1,ccm2");
    byId("tab-predict").click();
    document.querySelector<HTMLButtonElement>("#view-predict .go")?.click();
}

async function start(): Promise<void> {
    byId("places").append(
        makePlace("phone", "On the phone", "The ITL and CTL that the phone holds.", true),
        makePlace("server", "On the TFTP server", "The ITL, the CTL and the signed configuration that it offers.", true),
        makePlace("tvs", "TVS certificates", "Certificates that TVS servers present, and lists or certificates that they know.", false),
        makePlace("pastes", "Pastes for the preflight", "Output of CUCM commands, in any order.", false),
    );
    makeViews();
    // A file that misses its place must not open in the place of this page.
    for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
    byId("example").addEventListener("click", () => guarded(example));
    await engine.call({ do: "start", program: PROGRAM });
    most = Number(await engine.call({ do: "most" }));
    say("Ready.");
    document.documentElement.dataset.ready = "";
}

void guarded(start);

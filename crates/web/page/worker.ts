// The worker: it holds the files and the program, so that the page never freezes.

/** The exports that wasm-bindgen makes of crates/web. */
declare const wasm_bindgen: {
    (options: { module_or_path: BufferSource }): Promise<unknown>;
    Desk: { new (): Desk; most(): number };
};

interface Desk {
    add(name: string, bytes: Uint8Array): number;
    remove(file: number): void;
    ask(question: string): string;
}

let desk: Desk | null = null;

/** Unpacks the program, which the page carries in base64, packed with gzip. */
async function unpacked(program: string): Promise<ArrayBuffer> {
    const packed = Uint8Array.from(atob(program), (character) => character.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).arrayBuffer();
}

async function done(request: Call): Promise<string | number | null> {
    if (request.do === "start") {
        await wasm_bindgen({ module_or_path: await unpacked(request.program) });
        desk = new wasm_bindgen.Desk();
        return null;
    }
    if (desk === null) throw new Error("the program has not started");
    switch (request.do) {
        case "most":
            return wasm_bindgen.Desk.most();
        case "add":
            return desk.add(request.name, request.bytes);
        case "remove":
            desk.remove(request.file);
            return null;
        default:
            return desk.ask(request.question);
    }
}

if (typeof document === "undefined") {
    self.onmessage = async (event: MessageEvent<Call>) => {
        const reply: Reply = { id: event.data.id, value: null, error: null };
        try {
            reply.value = await done(event.data);
        } catch (error) {
            reply.error = String(error);
        }
        (self as unknown as { postMessage(reply: Reply): void }).postMessage(reply);
    };
}

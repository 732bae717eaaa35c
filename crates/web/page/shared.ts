// The messages between the page and its worker.

/** A message to the worker. Each has a number, by which its reply is found. */
type Call =
    | { id: number; do: "start"; program: string }
    | { id: number; do: "most" }
    | { id: number; do: "add"; name: string; bytes: Uint8Array }
    | { id: number; do: "remove"; file: number }
    | { id: number; do: "ask"; question: string };

type Reply = { id: number; value: string | number | null; error: string | null };

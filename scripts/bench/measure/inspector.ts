import { once } from "node:events";
import { z } from "zod";

/** What a process holds, in bytes, after a full collection of garbage. */
export const MemoryUsage = z.object({ rss: z.number(), heapUsed: z.number() });
export type MemoryUsage = z.infer<typeof MemoryUsage>;

const Reply = z.object({
  id: z.number(),
  error: z.object({ message: z.string() }).optional(),
  result: z.object({ result: z.object({ value: z.unknown() }).optional() }).optional(),
});

/** Collects a process's garbage through its inspector and asks what is left. Errors: the inspector refuses or hangs up. */
export async function readMemory(inspectorUrl: string): Promise<MemoryUsage> {
  const socket = new WebSocket(inspectorUrl);
  try {
    await once(socket, "open");
    // Twice: what the first one finalizes, the second frees.
    await ask(socket, 1, "HeapProfiler.collectGarbage");
    await ask(socket, 2, "HeapProfiler.collectGarbage");
    const expression = "JSON.stringify(process.memoryUsage())";
    const reply = await ask(socket, 3, "Runtime.evaluate", { expression, returnByValue: true });
    return MemoryUsage.parse(JSON.parse(z.string().parse(reply.result?.result?.value)));
  } finally {
    socket.close();
  }
}

function ask(socket: WebSocket, id: number, method: string, params?: object): Promise<z.output<typeof Reply>> {
  const { promise, resolve, reject } = Promise.withResolvers<z.output<typeof Reply>>();
  const ended = (): void => reject(new Error(`The inspector hung up at ${method}.`));
  const listener = ({ data }: MessageEvent): void => {
    const reply = Reply.safeParse(JSON.parse(String(data)));
    if (!reply.success || reply.data.id !== id) return;
    socket.removeEventListener("message", listener);
    socket.removeEventListener("close", ended);
    const { error } = reply.data;
    if (error) reject(new Error(`${method}: ${error.message}`));
    resolve(reply.data);
  };
  socket.addEventListener("message", listener);
  socket.addEventListener("close", ended);
  socket.send(JSON.stringify({ id, method, params }));
  return promise;
}

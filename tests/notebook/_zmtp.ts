/**
 * A socket of ZeroMQ, as much of it as a talk with a Jupyter kernel needs:
 * ZMTP 3.0 (rfc.zeromq.org/spec/23) over TCP without security.
 */

const [MORE, LONG, COMMAND] = [1, 2, 4];

const encoder = new TextEncoder();

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function frame(flags: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new DataView(new ArrayBuffer(body.length > 255 ? 9 : 2));
  head.setUint8(0, body.length > 255 ? flags | LONG : flags);
  if (body.length > 255) head.setBigUint64(1, BigInt(body.length));
  else head.setUint8(1, body.length);
  return joined(new Uint8Array(head.buffer), body);
}

/** Both sides say first which version and which security they speak: 3.0, none. */
function greeting(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(64);
  bytes[0] = 0xff;
  bytes.set([0x7f, 3, 0], 9);
  bytes.set(encoder.encode("NULL"), 12);
  return bytes;
}

function ready(type: string): Uint8Array<ArrayBuffer> {
  const size = new Uint8Array([0, 0, 0, type.length]);
  const [command, property] = [encoder.encode("\x05READY"), encoder.encode("\x0bSocket-Type")];
  return frame(COMMAND, joined(command, property, size, encoder.encode(type)));
}

/** A socket that is connected. */
export class Socket implements Disposable {
  readonly #connection: Deno.TcpConn;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Connects to a port of this machine; a `SUB` hears everything. */
  static async connect(port: number, type: "DEALER" | "SUB"): Promise<Socket> {
    const socket = new Socket(await Deno.connect({ hostname: "127.0.0.1", port }));
    await socket.#write(greeting());
    await socket.#read(64);
    await socket.#write(ready(type));
    await socket.#frame();
    if (type === "SUB") await socket.send([Uint8Array.of(1)]);
    return socket;
  }

  /** Sends a message, part by part. */
  async send(parts: readonly Uint8Array[]): Promise<void> {
    const last = parts.length - 1;
    await this.#write(joined(...parts.map((part, i) => frame(i < last ? MORE : 0, part))));
  }

  /** The parts of the next message. */
  async receive(): Promise<readonly Uint8Array[]> {
    const parts: Uint8Array[] = [];
    for (;;) {
      const { flags, body } = await this.#frame();
      if ((flags & COMMAND) !== 0) continue;
      parts.push(body);
      if ((flags & MORE) === 0) return parts;
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }

  async #frame(): Promise<{ readonly flags: number; readonly body: Uint8Array }> {
    const [flags = 0] = await this.#read(1);
    const isLong = (flags & LONG) !== 0;
    const head = await this.#read(isLong ? 8 : 1);
    const size = isLong ? Number(new DataView(head.buffer).getBigUint64(0)) : head[0] ?? 0;
    return { flags, body: await this.#read(size) };
  }

  async #read(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count;) {
      const some = await this.#connection.read(bytes.subarray(at));
      if (some === null) throw new Error("the kernel has closed the connection");
      at += some;
    }
    return bytes;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }
}

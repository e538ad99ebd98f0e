/**
 * The pictures that a request holds: its body is one, or a form with several, as browsers and curl
 * send files. Source: RFC 7578
 */
import { LimitedBytesTransformStream } from "@std/streams";
import { messageOf } from "../files/io_problem.ts";
import { orThrow, type Problem, problemAt, ProblemError, tried } from "../fp.ts";
import type { PictureFile } from "../training/predict.ts";

const MEGABYTE = 2 ** 20;

/** The most bytes that a request's body may have. */
export const MOST_BYTES: number = 64 * MEGABYTE;

/** The most pictures that a request may hold. */
const MOST_PICTURES = 256;

const REQUEST = { path: "body", layer: "request" } as const;

/**
 * The pictures in a request's body.
 *
 * @throws {ProblemError} When it holds something else, holds too much, or is not whole.
 */
export async function picturesIn({ headers, body }: Request): Promise<readonly PictureFile[]> {
  const type = headers.get("content-type") ?? "";
  const isForm = /^multipart\/form-data\s*;/i.test(type);
  if (!isForm && !/^image\//i.test(type)) throw new ProblemError([otherType(type)]);
  const limit = new LimitedBytesTransformStream(MOST_BYTES, { error: true });
  const content = new Response(body?.pipeThrough(limit), { headers: { "content-type": type } });
  if (!isForm) {
    return [{ name: "picture", bytes: orThrow(await tried(() => content.bytes(), unread)()) }];
  }
  return await filesIn(orThrow(await tried(() => content.formData(), unread)()));
}

async function filesIn(form: FormData): Promise<readonly PictureFile[]> {
  const fields = [...form];
  const others = fields.flatMap(([field, value]) => typeof value === "string" ? [field] : []);
  if (others.length > 0) throw new ProblemError(others.map(notFile));
  if (fields.length === 0) throw new ProblemError([none()]);
  if (fields.length > MOST_PICTURES) throw new ProblemError([tooMany(fields.length)]);
  const files = fields.flatMap(([, value]) => typeof value === "string" ? [] : [value]);
  const unread = files.map(({ name }) => name).filter((name) => name.startsWith('"'));
  if (unread.length > 0) throw new ProblemError(unread.map(halfRead));
  return await Promise.all(
    files.map(async (file) => ({ name: file.name, bytes: await file.bytes() })),
  );
}

function otherType(type: string): Problem {
  return problemAt({ ...REQUEST, path: "Content-Type", code: "other-content-type" }, {
    rule: "the body must be a picture, or a form with pictures",
    got: type === "" ? "no type" : type,
    wanted: "image/png, image/jpeg, image/webp, image/x-portable-pixmap or multipart/form-data",
    hint: "with curl: -F picture=@cat.png",
  });
}

function unread(error: unknown): Problem {
  if (error instanceof RangeError) {
    return problemAt({ ...REQUEST, code: "body-too-large" }, {
      rule: "a request holds a bounded number of bytes",
      got: "more",
      wanted: `at most ${MOST_BYTES / MEGABYTE} MiB`,
      hint: "send the pictures in several requests, or make them smaller",
    });
  }
  return problemAt({ ...REQUEST, code: "broken-body" }, {
    rule: "the body must be whole, and what its type says",
    got: messageOf(error),
    wanted: "a picture's bytes, or a form as RFC 7578 has it",
    hint: "with curl: -F picture=@cat.png",
  });
}

function notFile(field: string): Problem {
  return problemAt({ ...REQUEST, path: field, code: "not-a-picture" }, {
    rule: "a form holds picture files alone",
    got: "text",
    wanted: "a file",
    hint: "with curl, a file has an @ before its path: -F picture=@cat.png",
  });
}

/** Deno ends a quoted name at the first `;` or `=` within it, and leaves the quotation mark before it. */
function halfRead(name: string): Problem {
  return problemAt({ ...REQUEST, path: name, code: "half-read-name" }, {
    rule: "a picture's name must be read whole",
    got: name,
    wanted: "a name without ;, = and quotation marks",
    hint: "with curl, give it another one: -F 'picture=@a=b.png;filename=b.png'",
  });
}

function none(): Problem {
  return problemAt({ ...REQUEST, code: "not-a-picture" }, {
    rule: "a form holds at least one picture",
    got: "none that is whole",
    wanted: "picture files",
    hint: "with curl: -F picture=@cat.png",
  });
}

function tooMany(got: number): Problem {
  return problemAt({ ...REQUEST, code: "body-too-large" }, {
    rule: "a request holds a bounded number of pictures",
    got: `${got}`,
    wanted: `at most ${MOST_PICTURES}`,
    hint: "send them in several requests",
  });
}

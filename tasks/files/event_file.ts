/**
 * TensorBoard's event files. A file is a row of records: the length of the data as 8 bytes and its
 * checksum, the data and theirs, all little endian (TensorFlow, `lib/io/record_writer.h`). A record
 * is a message `Event` (`core/util/event.proto`); the first names the version of the format, and
 * the others hold numbers by their tags at a step.
 */
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { concat } from "@std/bytes";
import { crc32c } from "./crc32.ts";

/** Numbers at a step. */
export interface ScalarEvent {
  /** When, in seconds since 1970. */
  readonly time: number;
  readonly step: number;
  /** The numbers by their tags; those that are not finite are left out. */
  readonly values: Readonly<Record<string, number | undefined>>;
}

/** The record with which a file begins. */
export function eventFileHead(time: number): Uint8Array {
  return recordOf(
    new BinaryWriter().tag(1, FIXED64).double(time).tag(3, BYTES).string("brain.Event:2"),
  );
}

/** The records of events, one after the other. */
export function eventRecords(events: readonly ScalarEvent[]): Uint8Array {
  return concat(events.map(({ time, step, values }) => {
    const event = new BinaryWriter().tag(1, FIXED64).double(time).tag(2, VARINT).int64(step);
    event.tag(5, BYTES).fork();
    for (const [tag, value] of Object.entries(values)) {
      if (value === undefined || !Number.isFinite(value)) continue;
      event.tag(1, BYTES).fork().tag(1, BYTES).string(tag).tag(2, FIXED32).float(value).join();
    }
    return recordOf(event.join());
  }));
}

/** How fields are written in the protocol buffers' format. */
const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5] as const;

function recordOf(message: BinaryWriter): Uint8Array {
  const data = message.finish();
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, masked(data), true);
  return record;
}

/** A checksum as it stands in a record: turned, so that one of data with checksums in them is none of theirs. */
function masked(bytes: Uint8Array): number {
  const sum = crc32c(bytes);
  return (sum >>> 15 | sum << 17) + 0xa282ead8 >>> 0;
}

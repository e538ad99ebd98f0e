/** What is said of an epoch that has ended: one line, of shorter words where the terminal is narrow. */
import { wrapped } from "../../../dsl/problem/wrap.ts";
import { duration, percent } from "../../terminal/format.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { EpochRecord } from "../record.ts";

type Columns = Pick<Terminal, "isTerminal" | "columns">;

/** The columns of a line that does not wrap: all but the terminal's last; any number in a file. */
function room({ isTerminal, columns }: Columns): number {
  return isTerminal ? columns() - 1 : Infinity;
}

/** The line of an epoch, one of so many: whole where it fits, else without its less important parts. */
export function epochText(record: EpochRecord, epochs: number, terminal: Columns): string {
  const { epoch, trainLoss, trainAccuracy, validationLoss, validationAccuracy } = record;
  const place = `epoch ${`${epoch}`.padStart(`${epochs}`.length)}/${epochs}`;
  const figures = (loss: number, accuracy: number, between: string) =>
    `${loss.toFixed(3)}${between}${percent(accuracy, 1)}`;
  const time = `; ${duration(record.seconds)}`;
  const held = (words: string, between: string) =>
    validationLoss === undefined || validationAccuracy === undefined
      ? ""
      : `; ${words} ${figures(validationLoss, validationAccuracy, between)}`;
  const whole = `${place}  loss ${figures(trainLoss, trainAccuracy, ", ")}` +
    `${held("held out: loss", ", ")}${time}`;
  const trained = `${place} loss ${figures(trainLoss, trainAccuracy, " ")}`;
  const narrow = `${trained}${held("held", " ")}`;
  const lines = [whole, `${narrow}${time}`, narrow];
  return lines.find((line) => line.length <= room(terminal)) ?? trained;
}

/** That the rate is lowered, to the schedule's times a factor. */
export function loweredText(factor: number, terminal: Columns): string {
  const said = "the held out accuracy got no better: from here the rate is the schedule's times " +
    Number(factor.toPrecision(3));
  return wrapped(said, room(terminal)).join("\n");
}

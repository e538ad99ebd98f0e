import { assertEquals, assertStringIncludes } from "@std/assert";
import { EXIT } from "../../tasks/cli/exit.ts";
import { codeOf } from "../../tasks/cli/task.ts";

/** How a task ends that throws: its exit code and what it says. */
function endOf(error: unknown): readonly [number, string] {
  let said = "";
  const write = (text: string) => {
    said += text;
  };
  const code = codeOf(error, { write, isTerminal: false, color: false, columns: () => 80 });
  return [code, said];
}

Deno.test("an array that finds no room ends a task with a problem", () => {
  for (const allocate of [() => new Float32Array(2 ** 50), () => new ArrayBuffer(2 ** 52)]) {
    try {
      allocate();
    } catch (error) {
      const [code, said] = endOf(error);
      assertEquals(code, EXIT.failed, said);
      assertStringIncludes(said, "the work must fit the memory");
    }
  }
});

Deno.test("a length below 0 is a fault of the task", () => {
  try {
    new Float32Array(-1);
  } catch (error) {
    assertEquals(endOf(error)[0], EXIT.fault);
  }
});

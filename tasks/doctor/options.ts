/** The command line of `deno task doctor`. */
import { command } from "../cli/command.ts";
import { formatOption } from "../cli/options.ts";

export const doctorCommand = command({
  name: "doctor",
  brief: "Says what training needs and what of it is here.",
  terms: { format: formatOption },
});

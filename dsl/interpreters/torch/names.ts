/**
 * Names in Python. netfold's names are words that may hold hyphens, and some
 * are words of Python or of torch.nn.Module; those are reached through the
 * module's table of children, under their own names, so that weights need no
 * mapping.
 */
import { pythonText } from "../../problem/escape.ts";

const PYTHON = "False None True and as assert async await break class continue def del elif else " +
  "except finally for from global if import in is lambda nonlocal not or pass raise return try " +
  "while with yield";

const MODULE = "T_destination add_module apply bfloat16 buffers call_super_init children compile " +
  "cpu cuda double dump_patches eval extra_repr float forward get_buffer get_extra_state " +
  "get_parameter get_submodule half ipu load_state_dict modules mtia named_buffers " +
  "named_children named_modules named_parameters parameters register_backward_hook " +
  "register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook " +
  "register_full_backward_pre_hook register_load_state_dict_post_hook " +
  "register_load_state_dict_pre_hook register_module register_parameter " +
  "register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state " +
  "set_submodule share_memory state_dict to to_empty train training type xpu zero_grad";

const TAKEN = new Set(`${PYTHON} ${MODULE}`.split(" "));

/** Whether a part's name can be an attribute. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_]*$/.test(name) && !TAKEN.has(name);
}

/** A part as an expression. */
export function access(name: string): string {
  return isPlainName(name) ? `self.${name}` : `self._modules[${pythonText(name)}]`;
}

/** A name as a class has it: `reductionA` becomes `ReductionA`, `my-part` `MyPart`. */
export function className(name: string): string {
  return name.split(/[-_]+/).map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
}

/** Names that classes of the emitted module must leave alone. */
export const TAKEN_CLASSES: readonly string[] = [
  "Network",
  "Module",
  "FrozenBatchNorm",
  "LayerNorm2d",
  "LayerScale",
  "StochasticDepth",
  "AveragePool2d",
  "FlattenRows",
  "CoordinateMask",
  "F",
];

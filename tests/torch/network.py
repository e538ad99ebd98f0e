"""A planned network as PyTorch operations: a second opinion, and the peer in benchmarks.

It reads a plan (JSON) and nothing else of netfold: every layer is the
torch.nn.functional call that a person would write for it. Parameters are kept
in PyTorch's layouts, conversions from and to netfold's are in `to_torch` and
`to_netfold`.
"""

import torch
import torch.nn.functional as F


def to_torch(name: str, tensor: torch.Tensor) -> torch.Tensor:
    """HWIO to OIHW, IO to OI; everything else as it is."""
    if name.endswith(".kernel"):
        return tensor.permute(3, 2, 0, 1).contiguous() if tensor.dim() == 4 else tensor.t().contiguous()
    return tensor


def to_netfold(name: str, tensor: torch.Tensor) -> torch.Tensor:
    """The inverse of `to_torch`."""
    if name.endswith(".kernel"):
        return tensor.permute(2, 3, 1, 0).contiguous() if tensor.dim() == 4 else tensor.t().contiguous()
    return tensor


def place(plan: dict, kernel: list[int], dilation: tuple | list = (1, 1)) -> tuple[tuple[int, int], bool, list | None]:
    """How a layer's windows lie on its map: PyTorch's `padding` and `ceil_mode`, and what F.pad must add first, if anything."""
    layer = plan["layer"]
    padding, stride = layer["padding"], layer["stride"]
    sides, equal = [], True
    for i in (1, 0):
        total = (plan["output"][i] - 1) * stride[i] + (kernel[i] - 1) * dilation[i] + 1 - plan["input"][i]
        # TensorFlow's "same" leaves the odd pixel to the end.
        before = max(total, 0) // 2 if padding == "same" else 0 if padding == "valid" else padding[2 * i]
        sides += [before, total - before]
        # PyTorch pads the end like the beginning; a window that does not fit is dropped.
        equal = equal and 0 <= before - (total - before) < stride[i]
    ceil = layer.get("ceil", False) and (padding == "valid" or padding[::2] == padding[1::2])
    return ((sides[2], sides[0]), ceil, None) if equal or ceil else ((0, 0), False, sides)


class Network:
    """The network of a plan. `tensors` are parameters and running statistics by path, in PyTorch's layouts; training moves the statistics."""

    def __init__(self, plan: dict, tensors: dict[str, torch.Tensor], training: bool):
        self.plan = plan
        self.tensors = tensors
        self.training = training

    def __call__(self, images: torch.Tensor) -> torch.Tensor:
        return self.run(self.plan, images)

    def run(self, plan: dict, x: torch.Tensor) -> torch.Tensor:
        kind = plan["kind"]
        if kind == "chain":
            for part in plan["parts"]:
                x = self.run(part, x)
            return x
        if kind == "named":
            return self.run(plan["body"], x)
        if kind == "layer":
            return self.layer(plan, x)
        return self.merge(plan["merge"], [self.run(branch, x) for branch in plan["branches"]])

    def merge(self, merge: str, branches: list[torch.Tensor]) -> torch.Tensor:
        first, second = branches[0], branches[-1]
        if merge == "add":
            total = first
            for branch in branches[1:]:
                total = total + branch
            return total
        if merge == "multiply":
            product = first
            for branch in branches[1:]:
                product = product * branch
            return product
        if merge == "concat":
            return torch.cat(branches, 1)
        if merge == "attend":
            return (1 + second) * first
        if merge == "gate":
            return second * first
        if merge == "subtract":
            return first - second
        if merge == "maximum":
            largest = first
            for branch in branches[1:]:
                largest = torch.maximum(largest, branch)
            return largest
        if merge == "modulate":
            return first * (second if second.dim() == 4 else second[:, :, None, None])
        if merge == "spread":
            return first + (second if second.dim() == 4 else second[:, :, None, None])
        if merge == "match":
            if second.shape[2:] == first.shape[2:]:
                return second
            return F.interpolate(second, first.shape[2:], mode="bilinear", align_corners=True)
        raise ValueError(f"unknown merge {merge}")

    def layer(self, plan: dict, x: torch.Tensor) -> torch.Tensor:
        layer = plan["layer"]
        kind = layer["type"]

        def tensor(name: str) -> torch.Tensor:
            return self.tensors[f"{plan.get('home', plan['path'])}.{name}"]

        if kind == "conv":
            bias = tensor("bias") if layer["bias"] else None
            padding, _, sides = place(plan, layer["kernel"], layer["dilation"])
            groups = x.shape[1] if layer["groups"] == "same" else layer["groups"]
            x = x if sides is None else F.pad(x, sides)
            return F.conv2d(x, tensor("kernel"), bias, layer["stride"], padding, layer["dilation"], groups)
        if kind == "batch_norm":
            gamma = tensor("gamma") if layer["scale"] else None
            beta = tensor("beta") if layer["shift"] else None
            training = self.training and not plan["frozen"]
            momentum, epsilon = 1 - layer["momentum"], layer["epsilon"]
            return F.batch_norm(x, tensor("mean"), tensor("variance"), gamma, beta, training, momentum, epsilon)
        if kind == "relu":
            return F.relu(x)
        if kind == "sigmoid":
            return torch.sigmoid(x)
        if kind == "gelu":
            return F.gelu(x)
        if kind == "tanh":
            return torch.tanh(x)
        if kind == "relu6":
            return F.relu6(x)
        if kind == "hard_sigmoid":
            return F.hardsigmoid(x)
        if kind == "hard_swish":
            return F.hardswish(x)
        if kind == "leaky_relu":
            return F.leaky_relu(x, layer["slope"])
        if kind == "prelu":
            return F.prelu(x, tensor("alpha"))
        if kind == "silu":
            return F.silu(x)
        if kind == "softmax":
            return torch.softmax(x, 1)
        if kind == "max_pool":
            padding, ceil, sides = place(plan, layer["window"])
            x = x if sides is None else F.pad(x, sides, value=-torch.inf)
            return F.max_pool2d(x, layer["window"], layer["stride"], padding, ceil_mode=ceil)
        if kind == "average_pool":
            padding, ceil, sides = place(plan, layer["window"])
            if sides is None:
                return F.avg_pool2d(x, layer["window"], layer["stride"], padding, ceil, count_include_pad=False)

            def mean(y: torch.Tensor) -> torch.Tensor:
                return F.avg_pool2d(F.pad(y, sides), layer["window"], layer["stride"])

            return mean(x) / mean(torch.ones_like(x))
        if kind == "global_average_pool":
            return x.mean((2, 3))
        if kind == "global_max_pool":
            return x.amax((2, 3))
        if kind == "dense":
            return F.linear(x, tensor("kernel"), tensor("bias") if layer["bias"] else None)
        if kind == "layer_norm" and layer["over"] == "channels":
            gamma = tensor("gamma") if layer["scale"] else None
            beta = tensor("beta") if layer["shift"] else None
            last = x.movedim(1, -1)
            return F.layer_norm(last, last.shape[-1:], gamma, beta, layer["epsilon"]).movedim(-1, 1)
        if kind in ("layer_norm", "group_norm"):
            gamma = tensor("gamma") if layer["scale"] else None
            beta = tensor("beta") if layer["shift"] else None
            return F.group_norm(x, layer.get("groups", 1), gamma, beta, layer["epsilon"])
        if kind == "layer_scale":
            return (x.movedim(1, -1) * tensor("gamma")).movedim(-1, 1)
        if kind == "adaptive_average_pool":
            return F.adaptive_avg_pool2d(x, layer["size"])
        if kind == "pad":
            top, bottom, left, right = layer["sides"]
            fill = {"mode": "reflect"} if layer["mode"] == "reflect" else {"value": layer["value"]}
            return F.pad(x, (left, right, top, bottom), **fill)
        if kind == "channel_shuffle":
            grouped = x.reshape(x.shape[0], layer["groups"], -1, *x.shape[2:])
            return grouped.transpose(1, 2).reshape(x.shape)
        if kind == "channel_pool":
            return x.amax(1, keepdim=True) if layer["by"] == "max" else x.mean(1, keepdim=True)
        if kind == "position_pool":
            return x.amax((2, 3), keepdim=True) if layer["by"] == "max" else x.mean((2, 3), keepdim=True)
        if kind == "channel_conv":
            kernel = tensor("kernel").flatten()[None, None]
            return F.conv1d(x[:, None], kernel, padding=kernel.shape[2] // 2)[:, 0]
        if kind == "coordinate_mask":
            rows, columns = x.mean(3), x.mean(2)
            strip = F.conv1d(torch.cat([rows, columns], 2), tensor("conv1.kernel")[..., 0], tensor("conv1.bias"))
            training = self.training and not plan["frozen"]
            moments = tensor("bn1.mean"), tensor("bn1.variance")
            strip = F.hardswish(F.batch_norm(strip, *moments, tensor("bn1.gamma"), tensor("bn1.beta"), training))
            rows = F.conv1d(strip[:, :, : x.shape[2]], tensor("rows.kernel")[..., 0], tensor("rows.bias"))
            columns = F.conv1d(strip[:, :, x.shape[2] :], tensor("columns.kernel")[..., 0], tensor("columns.bias"))
            return rows.sigmoid()[..., None] * columns.sigmoid()[:, :, None]
        if kind == "depth_to_space":
            return F.pixel_shuffle(x, layer["block"])
        if kind == "resize_nearest":
            return F.interpolate(x, plan["output"][:2], mode="nearest")
        if kind == "resize_half_pixel":
            return F.interpolate(x, plan["output"][:2], mode="bilinear", align_corners=False)
        if kind == "conv_transpose":
            height, width = plan["output"][:2]
            kernel, stride, padding = layer["kernel"], layer["stride"], layer["padding"]
            top, left = (
                [max(0, (k - s) // 2) for k, s in zip(kernel, stride)]
                if padding == "same" else [0, 0] if padding == "valid" else padding[::2]
            )
            groups = x.shape[1] if layer["groups"] == "same" else layer["groups"]
            full = F.conv_transpose2d(x, tensor("kernel"), None, stride, groups=groups)
            bottom, right = top + height - full.shape[2], left + width - full.shape[3]
            cut = F.pad(full, (-left, right, -top, bottom))
            return cut + tensor("bias")[:, None, None] if layer["bias"] else cut
        if kind == "dropout":
            return F.dropout(x, layer["rate"], self.training)
        if kind == "stochastic_depth":
            samples = x.new_ones([x.shape[0]] + [1] * (x.dim() - 1))
            return x * F.dropout(samples, layer["rate"], self.training)
        if kind == "flatten":
            return x.permute(0, 2, 3, 1).flatten(1) if x.dim() == 4 else x
        if kind == "resize":
            return F.interpolate(x, plan["output"][:2], mode="bilinear", align_corners=True)
        if kind == "scale":
            return x * layer["by"]
        if kind == "l2_normalize":
            return x / torch.sqrt((x * x).sum(1, keepdim=True) + layer["epsilon"])
        if kind == "standardize":
            mean = x.mean((2, 3), keepdim=True)
            variance = ((x - mean) ** 2).mean((2, 3), keepdim=True)
            return (x - mean) / torch.sqrt(variance + layer["epsilon"])
        raise ValueError(f"no PyTorch form of {kind} is written here")

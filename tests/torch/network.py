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


def same(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Padding before and after, as TensorFlow's "same" has it."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def sides(layer: dict, kernel: list[int], dilation: list[int], shape: torch.Size) -> list[int]:
    """Padding as F.pad wants it: left, right, top, bottom."""
    padding = layer["padding"]
    if padding == "valid":
        return [0, 0, 0, 0]
    if padding == "same":
        extent = [(k - 1) * d + 1 for k, d in zip(kernel, dilation)]
        top, bottom = same(shape[2], extent[0], layer["stride"][0])
        left, right = same(shape[3], extent[1], layer["stride"][1])
    else:
        top, bottom, left, right = padding
    return [left, right, top, bottom]


class Network:
    """The network of a plan. `tensors` are parameters and running statistics by path, in PyTorch's layouts."""

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
            return self.layer(plan["layer"], plan["path"], x)
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
        if merge == "match":
            if second.shape[2:] == first.shape[2:]:
                return second
            return F.interpolate(second, first.shape[2:], mode="bilinear", align_corners=True)
        raise ValueError(f"unknown merge {merge}")

    def layer(self, layer: dict, path: str, x: torch.Tensor) -> torch.Tensor:
        kind = layer["type"]

        def tensor(name: str) -> torch.Tensor:
            return self.tensors[f"{path}.{name}"]

        if kind == "conv":
            left, right, top, bottom = sides(layer, layer["kernel"], layer["dilation"], x.shape)
            bias = tensor("bias") if layer["bias"] else None
            padding = (top, left)
            if left != right or top != bottom:
                x, padding = F.pad(x, [left, right, top, bottom]), (0, 0)
            return F.conv2d(x, tensor("kernel"), bias, layer["stride"], padding, layer["dilation"], layer["groups"])
        if kind == "batch_norm":
            gamma = tensor("gamma") if layer["scale"] else None
            beta = tensor("beta") if layer["shift"] else None
            if self.training:
                return F.batch_norm(x, None, None, gamma, beta, True, 0.0, layer["epsilon"])
            return F.batch_norm(x, tensor("mean"), tensor("variance"), gamma, beta, False, 0.0, layer["epsilon"])
        if kind == "relu":
            return F.relu(x)
        if kind == "dropout":
            return F.dropout(x, layer["rate"], self.training)
        if kind == "sigmoid":
            return torch.sigmoid(x)
        if kind == "softmax":
            return torch.softmax(x, 1)
        if kind == "max_pool":
            left, right, top, bottom = sides(layer, layer["window"], [1, 1], x.shape)
            padding = (top, left)
            if left != right or top != bottom:
                x, padding = F.pad(x, [left, right, top, bottom], value=-torch.inf), (0, 0)
            return F.max_pool2d(x, layer["window"], layer["stride"], padding, ceil_mode=layer["ceil"])
        if kind == "average_pool":
            border = sides(layer, layer["window"], [1, 1], x.shape)

            def mean(y: torch.Tensor) -> torch.Tensor:
                return F.avg_pool2d(F.pad(y, border), layer["window"], layer["stride"], ceil_mode=layer["ceil"])

            return mean(x) / mean(torch.ones_like(x))
        if kind == "global_average_pool":
            return x.mean((2, 3))
        if kind == "dense":
            return F.linear(x, tensor("kernel"), tensor("bias") if layer["bias"] else None)
        if kind == "flatten":
            return x.permute(0, 2, 3, 1).flatten(1) if x.dim() == 4 else x
        if kind == "resize":
            return F.interpolate(x, layer["size"], mode="bilinear", align_corners=True)
        if kind == "scale":
            return x * layer["by"]
        if kind == "l2_normalize":
            return x / torch.sqrt((x * x).sum(1, keepdim=True) + layer["epsilon"])
        if kind == "standardize":
            mean = x.mean((2, 3), keepdim=True)
            variance = ((x - mean) ** 2).mean((2, 3), keepdim=True)
            return (x - mean) / torch.sqrt(variance + layer["epsilon"])
        raise ValueError(f"no PyTorch form of {kind} is written here")

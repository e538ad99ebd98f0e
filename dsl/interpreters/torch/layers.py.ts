// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `layers.py`, edit `layers.py` instead. */
const source: string = `"""What an emitted network needs beside torch.nn; each network holds those that it uses."""

import math

import torch
import torch.nn.functional as F
from torch import nn


def he_normal(network: nn.Module) -> None:
    """Draws kernels with a variance of 2 / fan-in (He et al., 2015); biases begin at zero."""
    for part in network.modules():
        if isinstance(part, (nn.Conv2d, nn.Linear)) and not hasattr(part, "start"):
            nn.init.kaiming_normal_(part.weight)
            if part.bias is not None:
                nn.init.zeros_(part.bias)


def starting(layer: nn.Module, start: str) -> nn.Module:
    """A layer whose kernel starts otherwise than the network's; its bias begins at zero."""
    layer.start, kernel = start, layer.weight
    fan_in, fan_out = kernel[0].numel(), kernel[:, 0].numel()
    if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
        fan_out = fan_out / layer.groups
    if isinstance(layer, nn.ConvTranspose2d):
        fan_in, fan_out = fan_out / math.prod(layer.stride), fan_in
    if start == "he-normal":
        nn.init.normal_(kernel, std=math.sqrt(2 / fan_in))
    elif start == "he-uniform":
        bound = math.sqrt(6 / fan_in)
        nn.init.uniform_(kernel, -bound, bound)
    else:
        # Glorot and Bengio, 2010.
        bound = math.sqrt(6 / (fan_in + fan_out))
        nn.init.uniform_(kernel, -bound, bound)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def constant(layer: nn.Module, start: float) -> nn.Module:
    """A layer whose kernel starts with one number throughout; its bias begins at zero."""
    layer.start = start
    nn.init.constant_(layer.weight, start)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def without(norm: nn.Module, name: str) -> nn.Module:
    """A norm that learns no \`weight\`, or no \`bias\`."""
    norm.register_parameter(name, None)
    return norm


def frozen(layer: nn.Module) -> nn.Module:
    """A layer that training leaves as it is: its weights, and a batch norm's statistics."""
    if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
        layer = FrozenBatchNorm(layer)
    for name, part in list(layer.named_children()):
        setattr(layer, name, frozen(part))
    return layer.requires_grad_(False)


class FrozenBatchNorm(nn.Module):
    """A batch norm that uses its running statistics in training too and leaves them alone."""

    def __init__(self, norm: nn.Module) -> None:
        super().__init__()
        self.weight, self.bias, self.eps = norm.weight, norm.bias, norm.eps
        self.register_buffer("running_mean", norm.running_mean)
        self.register_buffer("running_var", norm.running_var)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean, variance = self.running_mean, self.running_var
        return F.batch_norm(x, mean, variance, self.weight, self.bias, eps=self.eps)


class LayerNorm2d(nn.LayerNorm):
    """A layer norm over the channels of each position of a map, batch x C x H x W."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.permute(0, 2, 3, 1)
        x = F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)


class LayerScale(nn.Module):
    """A factor for each channel."""

    def __init__(self, channels: int, start: float, *, of_maps: bool = True) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.full((channels,), start))
        self.of_maps = of_maps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * (self.gamma[:, None, None] if self.of_maps else self.gamma)


class StochasticDepth(nn.Module):
    """Zeroes a share \`rate\` of a batch's samples in training (Huang et al., 2016)."""

    def __init__(self, rate: float, *, of_maps: bool = True) -> None:
        super().__init__()
        self.rate, self.of_maps = rate, of_maps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or self.rate == 0:
            return x
        keep = 1 - self.rate
        kept = torch.empty_like(x[:, :1, :1, :1] if self.of_maps else x[:, :1])
        return x * kept.bernoulli_(keep) / keep


class AveragePool2d(nn.Module):
    """An average pool with a border of its own on each side, whose pixels do not count."""

    def __init__(
        self,
        window: int | tuple[int, int],
        stride: int | tuple[int, int],
        border: tuple[int, int, int, int],
    ) -> None:
        super().__init__()
        self.window, self.stride, self.border = window, stride, border

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inside = F.pad(torch.ones_like(x[:1, :1]), self.border)
        share = F.avg_pool2d(inside, self.window, self.stride)
        return F.avg_pool2d(F.pad(x, self.border), self.window, self.stride) / share


class FlattenRows(nn.Module):
    """A map as a vector, row by row with the channels innermost; a state dict tells of it."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("by_rows", torch.tensor(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.permute(0, 2, 3, 1).flatten(1)


class CoordinateMask(nn.Module):
    """The mask of coordinate attention: a factor for each row times one for each column."""

    def __init__(self, channels: int, middle: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, middle, 1)
        self.bn1 = nn.BatchNorm2d(middle)
        self.rows = nn.Conv2d(middle, channels, 1)
        self.columns = nn.Conv2d(middle, channels, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        height = x.shape[2]
        rows, columns = x.mean(3, keepdim=True), x.mean(2, keepdim=True).transpose(2, 3)
        strip = F.hardswish(self.bn1(self.conv1(torch.cat((rows, columns), 2))))
        rows = torch.sigmoid(self.rows(strip[:, :, :height]))
        columns = torch.sigmoid(self.columns(strip[:, :, height:]))
        return rows * columns.transpose(2, 3)


def resize(x: torch.Tensor, size: list[int]) -> torch.Tensor:
    """Bilinear resizing with aligned corners, as in the paper's Interp."""
    return F.interpolate(x, size, mode="bilinear", align_corners=True)


def l2_normalize(x: torch.Tensor, epsilon: float) -> torch.Tensor:
    """Each position's channels over their Euclidean norm."""
    return x * torch.rsqrt(x.square().sum(1, keepdim=True) + epsilon)


def standardize(x: torch.Tensor, epsilon: float) -> torch.Tensor:
    """Each sample's and channel's map with mean 0 and deviation 1."""
    centred = x - x.mean((2, 3), keepdim=True)
    return centred * torch.rsqrt(centred.square().mean((2, 3), keepdim=True) + epsilon)


def per_channel(x: torch.Tensor) -> torch.Tensor:
    """A number for each channel, batch x C, as a map of one position."""
    return x[:, :, None, None]
`;

export default source;

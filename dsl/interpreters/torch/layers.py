"""The layers of netfold as PyTorch modules; an emitted network holds those that it needs."""

import math

import torch
import torch.nn.functional as F
from torch import nn


def filled(shape: tuple[int, ...], fans: tuple[float, float], initializer: str, frozen: bool) -> nn.Parameter:
    """A kernel as it is before training. `fans` are the inputs of an output and the outputs of an input."""
    kernel = torch.empty(shape)
    fan_in, fan_out = fans
    if initializer == "he-normal":
        nn.init.normal_(kernel, std=math.sqrt(2 / fan_in))
    elif initializer == "he-uniform":
        bound = math.sqrt(6 / fan_in)
        nn.init.uniform_(kernel, -bound, bound)
    elif initializer == "glorot-uniform":
        bound = math.sqrt(6 / (fan_in + fan_out))
        nn.init.uniform_(kernel, -bound, bound)
    else:
        nn.init.constant_(kernel, {"zeros": 0.0, "ones": 1.0}[initializer])
    return nn.Parameter(kernel, requires_grad=not frozen)


class Conv2d(nn.Module):
    """A convolution whose parameters are `kernel` and `bias`; padding may be (top, bottom, left, right)."""

    def __init__(
        self, inputs, outputs, kernel, *, stride=1, padding=0, dilation=1, groups=1, bias=False,
        initializer="he-normal", frozen=False,
    ):
        super().__init__()
        height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
        taps = height * width
        fans = taps * inputs // groups, taps * outputs / groups
        self.kernel = filled((outputs, inputs // groups, height, width), fans, initializer, frozen)
        self.bias = nn.Parameter(torch.zeros(outputs), requires_grad=not frozen) if bias else None
        self.border = None
        if isinstance(padding, tuple) and len(padding) == 4:
            top, bottom, left, right = padding
            self.border, padding = (left, right, top, bottom), 0
        self.options = stride, padding, dilation, groups

    def forward(self, x):
        if self.border is not None:
            x = F.pad(x, self.border)
        return F.conv2d(x, self.kernel, self.bias, *self.options)


class ConvTranspose2d(nn.Module):
    """A transposed convolution; `padding` is cut off the output, may be (top, bottom, left, right), and adds zeros where it is negative."""

    def __init__(
        self, inputs, outputs, kernel, *, stride=1, padding=0, bias=False, initializer="he-normal", frozen=False,
    ):
        super().__init__()
        height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
        down, across = (stride, stride) if isinstance(stride, int) else stride
        taps = height * width
        fans = taps * inputs / (down * across), taps * outputs
        self.kernel = filled((inputs, outputs, height, width), fans, initializer, frozen)
        self.bias = nn.Parameter(torch.zeros(outputs), requires_grad=not frozen) if bias else None
        self.stride = stride
        self.cut = padding if isinstance(padding, tuple) and len(padding) == 4 else None
        self.padding = 0 if self.cut else padding

    def forward(self, x):
        if self.cut is None:
            return F.conv_transpose2d(x, self.kernel, self.bias, self.stride, self.padding)
        top, bottom, left, right = self.cut
        y = F.pad(F.conv_transpose2d(x, self.kernel, None, self.stride), (-left, -right, -top, -bottom))
        return y if self.bias is None else y + self.bias[:, None, None]


class Linear(nn.Module):
    """A fully connected layer whose parameters are `kernel` and `bias`."""

    def __init__(self, inputs, outputs, *, bias=True, initializer="he-normal", frozen=False):
        super().__init__()
        self.kernel = filled((outputs, inputs), (inputs, outputs), initializer, frozen)
        self.bias = nn.Parameter(torch.zeros(outputs), requires_grad=not frozen) if bias else None

    def forward(self, x):
        return F.linear(x, self.kernel, self.bias)


class BatchNorm(nn.Module):
    """Batch norm with the running statistics of the paper's author: biased variance, a share `keep` kept.

    PyTorch's own keeps the unbiased variance, so the batch's statistics are taken
    from it as they are and blended here. With `group` set, statistics are those of
    all its processes together.
    """

    def __init__(self, channels, *, epsilon=1e-5, keep=0.9, scale=True, shift=True, frozen=False):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(channels), requires_grad=not frozen) if scale else None
        self.beta = nn.Parameter(torch.zeros(channels), requires_grad=not frozen) if shift else None
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))
        self.epsilon, self.keep, self.frozen = epsilon, keep, frozen
        self.group = None

    def forward(self, x):
        if self.frozen or not self.training:
            return F.batch_norm(x, self.mean, self.variance, self.gamma, self.beta, False, 0.0, self.epsilon)
        if self.group is not None:
            return self.together(x)
        mean, variance = torch.zeros_like(self.mean), torch.zeros_like(self.variance)
        y = F.batch_norm(x, mean, variance, self.gamma, self.beta, True, 1.0, self.epsilon)
        count = x.numel() // x.shape[1]
        self.blend(mean, variance * ((count - 1) / count))
        return y

    def together(self, x):
        """The batch norm of a batch that is spread over processes, in equal parts."""
        size = torch.distributed.get_world_size(self.group)
        axes = [axis for axis in range(x.dim()) if axis != 1]
        form = [1, -1] + [1] * (x.dim() - 2)
        wide = x if x.dtype == torch.float64 else x.float()
        mean = Together.apply(wide.mean(axes), self.group) / size
        centred = wide - mean.view(form)
        variance = Together.apply(centred.square().mean(axes), self.group) / size
        self.blend(mean.detach(), variance.detach())
        y = centred * torch.rsqrt(variance + self.epsilon).view(form)
        if self.gamma is not None:
            y = y * self.gamma.view(form)
        if self.beta is not None:
            y = y + self.beta.view(form)
        return y.to(x.dtype)

    @torch.no_grad()
    def blend(self, mean, variance):
        self.mean.lerp_(mean, 1 - self.keep)
        self.variance.lerp_(variance, 1 - self.keep)


class LayerNorm(nn.Module):
    """A layer norm over the channels of each position, whose parameters are `gamma` and `beta`."""

    def __init__(self, channels, *, epsilon=1e-5, scale=True, shift=True, frozen=False):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(channels), requires_grad=not frozen) if scale else None
        self.beta = nn.Parameter(torch.zeros(channels), requires_grad=not frozen) if shift else None
        self.epsilon = epsilon

    def forward(self, x):
        last = x.permute(0, 2, 3, 1) if x.dim() == 4 else x
        y = F.layer_norm(last, last.shape[-1:], self.gamma, self.beta, self.epsilon)
        return y.permute(0, 3, 1, 2) if x.dim() == 4 else y


class GroupNorm(nn.Module):
    """A group norm whose parameters are `gamma` and `beta`."""

    def __init__(self, groups, channels, *, epsilon=1e-5, scale=True, shift=True, frozen=False):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(channels), requires_grad=not frozen) if scale else None
        self.beta = nn.Parameter(torch.zeros(channels), requires_grad=not frozen) if shift else None
        self.groups, self.epsilon = groups, epsilon

    def forward(self, x):
        return F.group_norm(x, self.groups, self.gamma, self.beta, self.epsilon)


class LayerScale(nn.Module):
    """A factor for each channel, `gamma`."""

    def __init__(self, channels, start, *, frozen=False):
        super().__init__()
        self.gamma = nn.Parameter(torch.full((channels,), start), requires_grad=not frozen)

    def forward(self, x):
        return x * self.gamma.view([1, -1] + [1] * (x.dim() - 2))


class StochasticDepth(nn.Module):
    """Zeroes a share `rate` of a batch's samples in training."""

    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def forward(self, x):
        if not self.training or self.rate == 0:
            return x
        keep = 1 - self.rate
        mask = torch.empty([x.shape[0]] + [1] * (x.dim() - 1), dtype=x.dtype, device=x.device)
        return x * mask.bernoulli_(keep) / keep


class Together(torch.autograd.Function):
    """The sum over processes of what each has; so is its gradient."""

    @staticmethod
    def forward(ctx, x, group):
        ctx.group = group
        total = x.clone()
        torch.distributed.all_reduce(total, group=group)
        return total

    @staticmethod
    def backward(ctx, gradient):
        total = gradient.clone()
        torch.distributed.all_reduce(total, group=ctx.group)
        return total, None


class PReLU(nn.Module):
    """A parametric rectifier whose slopes below zero are `alpha`, one for each channel or one for all."""

    def __init__(self, slopes, *, frozen=False):
        super().__init__()
        self.alpha = nn.Parameter(torch.full((slopes,), 0.25), requires_grad=not frozen)

    def forward(self, x):
        return F.prelu(x, self.alpha)


class MaxPool2d(nn.Module):
    """A maximum pool with a border of its own on each side: top, bottom, left, right."""

    def __init__(self, window, stride, border):
        super().__init__()
        top, bottom, left, right = border
        self.window, self.stride, self.border = window, stride, (left, right, top, bottom)

    def forward(self, x):
        return F.max_pool2d(F.pad(x, self.border, value=-math.inf), self.window, self.stride)


class AveragePool2d(nn.Module):
    """An average pool with a border of its own on each side, whose pixels do not count."""

    def __init__(self, window, stride, border):
        super().__init__()
        top, bottom, left, right = border
        self.window, self.stride, self.border = window, stride, (left, right, top, bottom)

    def forward(self, x):
        inside = F.pad(torch.ones_like(x[:1, :1]), self.border)
        share = F.avg_pool2d(inside, self.window, self.stride)
        return F.avg_pool2d(F.pad(x, self.border), self.window, self.stride) / share


class ChannelConv(nn.Module):
    """A convolution along the channels of a vector, whose `kernel` has as many weights on either side."""

    def __init__(self, kernel, *, initializer="he-normal", frozen=False):
        super().__init__()
        self.kernel = filled((1, 1, 1, kernel), (kernel, kernel), initializer, frozen)

    def forward(self, x):
        return F.conv1d(x[:, None], self.kernel[:, 0], padding=self.kernel.shape[3] // 2)[:, 0]


class CoordinateMask(nn.Module):
    """The mask of coordinate attention: a factor for each row times one for each column."""

    def __init__(self, channels, middle, *, frozen=False):
        super().__init__()
        self.conv1 = Conv2d(channels, middle, 1, bias=True, frozen=frozen)
        self.bn1 = BatchNorm(middle, frozen=frozen)
        self.rows = Conv2d(middle, channels, 1, bias=True, frozen=frozen)
        self.columns = Conv2d(middle, channels, 1, bias=True, frozen=frozen)

    def forward(self, x):
        rows, columns = x.mean(3, keepdim=True), x.mean(2, keepdim=True).transpose(2, 3)
        strip = F.hardswish(self.bn1(self.conv1(torch.cat([rows, columns], 2))))
        rows, columns = strip.split(x.shape[2:], 2)
        return torch.sigmoid(self.rows(rows)) * torch.sigmoid(self.columns(columns)).transpose(2, 3)


def resize(x, size):
    """Bilinear resizing with aligned corners, as in the paper's Interp."""
    if x.shape[2:] == torch.Size(size):
        return x
    return F.interpolate(x, size=tuple(size), mode="bilinear", align_corners=True)


def l2_normalize(x, epsilon):
    """Each position's channels over their Euclidean norm."""
    return x * torch.rsqrt(x.square().sum(1, keepdim=True) + epsilon)


def standardize(x, epsilon):
    """Each sample's and channel's map with mean 0 and deviation 1."""
    centred = x - x.mean((2, 3), keepdim=True)
    return centred * torch.rsqrt(centred.square().mean((2, 3), keepdim=True) + epsilon)


def modulate(x, mask):
    """A map times a number for each of its channels or each of its positions."""
    return x * (mask if mask.dim() == 4 else mask[:, :, None, None])


def spread(positions, channels):
    """A number for each position plus one for each channel."""
    return positions + (channels if channels.dim() == 4 else channels[:, :, None, None])

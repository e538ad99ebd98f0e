"""Attention modules as a person writes them from the papers, beside those that netfold emits.

Usage: attentions.py FOLDER CHANNELS HEIGHT WIDTH. FOLDER holds the emitted module of each
attention alone, NAME.py. Prints as JSON for each name, for evaluation and training in float64, the
largest distance of outputs, of the input's gradient and of the parameters' gradients, and of the
running means.
"""

import importlib.util
import json
import math
import sys

import torch
import torch.nn.functional as F
from torch import nn

RATIO = 4


class SqueezeExcite(nn.Module):
    """Hu et al., 2018: the means of the channels through a narrow middle."""

    def __init__(self, channels):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(channels, channels // RATIO), nn.Linear(channels // RATIO, channels)

    def forward(self, x):
        return x * torch.sigmoid(self.fc2(F.relu(self.fc1(x.mean((2, 3))))))[:, :, None, None]


class CBAM(nn.Module):
    """Woo et al., 2018: both pools through one perceptron, then a 7x7 convolution of both channel pools."""

    def __init__(self, channels):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(channels, channels // RATIO), nn.ReLU(), nn.Linear(channels // RATIO, channels))
        self.spatial = nn.Sequential(nn.Conv2d(2, 1, 7, padding=3, bias=False), nn.BatchNorm2d(1))

    def forward(self, x):
        mean, largest = F.adaptive_avg_pool2d(x, 1).flatten(1), F.adaptive_max_pool2d(x, 1).flatten(1)
        x = x * torch.sigmoid(self.mlp(mean) + self.mlp(largest))[:, :, None, None]
        pooled = torch.cat([x.mean(1, keepdim=True), x.max(1, keepdim=True).values], 1)
        return x * torch.sigmoid(self.spatial(pooled))


class BAM(nn.Module):
    """Park et al., 2018: (1 + sigmoid(Mc + Ms)) F."""

    def __init__(self, channels):
        super().__init__()
        middle = channels // RATIO

        def step(inputs, kernel):
            dilation = 4 if kernel == 3 else 1
            conv = nn.Conv2d(inputs, middle, kernel, padding=dilation * (kernel // 2), dilation=dilation)
            return [conv, nn.BatchNorm2d(middle), nn.ReLU()]

        self.spatial = nn.Sequential(*step(channels, 1), *step(middle, 3), *step(middle, 3), nn.Conv2d(middle, 1, 1))
        self.channel = nn.Sequential(nn.Linear(channels, middle), nn.BatchNorm1d(middle), nn.ReLU(), nn.Linear(middle, channels))

    def forward(self, x):
        channel = self.channel(x.mean((2, 3)))[:, :, None, None].expand_as(x)
        return (1 + torch.sigmoid(channel + self.spatial(x).expand_as(x))) * x


class ECA(nn.Module):
    """Wang et al., 2020: a convolution along the channels' means."""

    def __init__(self, channels):
        super().__init__()
        whole = int(abs((math.log2(channels) + 1) / 2))
        kernel = whole if whole % 2 else whole + 1
        self.conv = nn.Conv1d(1, 1, kernel, padding=kernel // 2, bias=False)

    def forward(self, x):
        y = F.adaptive_avg_pool2d(x, 1).squeeze(-1).transpose(1, 2)
        return x * torch.sigmoid(self.conv(y).transpose(1, 2).unsqueeze(-1))


class CoordinateAttention(nn.Module):
    """Hou et al., 2021: factors of rows and columns, encoded together."""

    def __init__(self, channels):
        super().__init__()
        middle = max(8, channels // 32)
        self.conv1, self.bn1 = nn.Conv2d(channels, middle, 1), nn.BatchNorm2d(middle)
        self.conv_h, self.conv_w = nn.Conv2d(middle, channels, 1), nn.Conv2d(middle, channels, 1)

    def forward(self, x):
        height, width = x.shape[2:]
        rows = F.adaptive_avg_pool2d(x, (height, 1))
        columns = F.adaptive_avg_pool2d(x, (1, width)).permute(0, 1, 3, 2)
        y = F.hardswish(self.bn1(self.conv1(torch.cat([rows, columns], 2))))
        rows, columns = torch.split(y, [height, width], 2)
        return x * self.conv_w(columns.permute(0, 1, 3, 2)).sigmoid() * self.conv_h(rows).sigmoid()


THEIRS = {
    "squeezeExcite": SqueezeExcite,
    "cbam": CBAM,
    "bam": BAM,
    "eca": ECA,
    "coordinateAttention": CoordinateAttention,
}


def emitted(path):
    spec = importlib.util.spec_from_file_location("model", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Network()


def outcome(network, x, cotangent):
    x = x.clone().requires_grad_()
    network.zero_grad()
    y = network(x)
    y.backward(cotangent)
    return [y.detach(), x.grad, *(parameter.grad for parameter in network.parameters())]


def apart(ours, theirs):
    return max(float((a.flatten() - b.flatten()).abs().max()) for a, b in zip(ours, theirs, strict=True))


def statistics(network):
    return [buffer for name, buffer in network.named_buffers() if name.endswith(("running_mean", "running_var"))]


def compared(name, module, channels, height, width):
    torch.manual_seed(0)
    ours, theirs = emitted(module).double(), THEIRS[name](channels).double()
    with torch.no_grad():
        for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            mine.add_(torch.randn_like(mine) / 4)
            other.copy_(mine.reshape(other.shape))
    x, cotangent = torch.randn(2, 6, channels, height, width, dtype=torch.float64)
    told = {}
    for mode in ("evaluation", "training"):
        ours.train(mode == "training"), theirs.train(mode == "training")
        told[mode] = apart(outcome(ours, x, cotangent), outcome(theirs, x, cotangent))
    found, wanted = statistics(ours), statistics(theirs)
    told["statistics"] = apart(found, wanted) if wanted else 0
    return told


def main(folder, *size):
    torch.set_num_threads(1)
    told = {name: compared(name, f"{folder}/{name}.py", *map(int, size)) for name in THEIRS}
    print(json.dumps(told))


main(*sys.argv[1:])

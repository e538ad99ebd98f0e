"""Batch norms as netfold trains them: running statistics of the biased variance, of all processes where that is asked."""

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn


class BatchNorm(nn.BatchNorm2d):
    """Batch norm whose running variance is the biased one, the paper's author's too.

    PyTorch's own keeps the unbiased variance, so the batch's statistics are taken
    from it as they are and blended here. With `group` set, statistics are those of
    all its processes together.
    """

    group = None

    def forward(self, x):
        if not self.training:
            return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, self.eps)
        if self.group is not None:
            return self.together(x)
        mean, variance = torch.zeros_like(self.running_mean), torch.zeros_like(self.running_var)
        y = F.batch_norm(x, mean, variance, self.weight, self.bias, True, 1.0, self.eps)
        count = x.numel() // x.shape[1]
        self.blend(mean, variance * ((count - 1) / count))
        return y

    def together(self, x):
        """The batch norm of a batch that is spread over processes, in equal parts."""
        size = dist.get_world_size(self.group)
        axes = [axis for axis in range(x.dim()) if axis != 1]
        form = [1, -1] + [1] * (x.dim() - 2)
        wide = x if x.dtype == torch.float64 else x.float()
        mean = Together.apply(wide.mean(axes), self.group) / size
        centred = wide - mean.view(form)
        variance = Together.apply(centred.square().mean(axes), self.group) / size
        self.blend(mean.detach(), variance.detach())
        y = centred * torch.rsqrt(variance + self.eps).view(form)
        if self.weight is not None:
            y = y * self.weight.view(form)
        if self.bias is not None:
            y = y + self.bias.view(form)
        return y.to(x.dtype)

    @torch.no_grad()
    def blend(self, mean, variance):
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)


class Together(torch.autograd.Function):
    """The sum over processes of what each has; so is its gradient."""

    @staticmethod
    def forward(ctx, x, group):
        ctx.group = group
        total = x.clone()
        dist.all_reduce(total, group=group)
        return total

    @staticmethod
    def backward(ctx, gradient):
        total = gradient.clone()
        dist.all_reduce(total, group=ctx.group)
        return total, None


def with_biased_statistics(network):
    """Makes each of PyTorch's batch norms in a network one of these, and gives them; frozen ones are no such norms."""
    norms = [part for part in network.modules() if type(part) in (nn.BatchNorm1d, nn.BatchNorm2d)]
    for norm in norms:
        norm.__class__ = BatchNorm
    return norms
